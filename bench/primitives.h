// The bare calls that the backends are made of, each as a benchmark of its own: the limit that a
// check is compared with. They include nothing of core/ and use the same flags for the connection.
#ifndef BENCH_PRIMITIVES_H_
#define BENCH_PRIMITIVES_H_

#include <string>

namespace bench {

// `wal` and `rollback` are databases in journal mode WAL and DELETE that stay where they are, with
// a connection open to them.
void RegisterPrimitives(const std::string& wal, const std::string& rollback);

}  // namespace bench

#endif  // BENCH_PRIMITIVES_H_
