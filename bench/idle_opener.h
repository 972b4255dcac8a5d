// The disturbing process of bench_idle_cost: somebody else who opens, reads and closes the database
// again and again, and commits nothing.
#ifndef BENCH_IDLE_OPENER_H_
#define BENCH_IDLE_OPENER_H_

#include <string>

namespace bench {

// Opens the database with a fresh connection, reads a table and closes it, every 5 ms, until
// standard input ends. Says "ready" after the first time, and at the end how often it was a second.
int RunIdleOpener(const std::string& path);

}  // namespace bench

#endif  // BENCH_IDLE_OPENER_H_
