// Jobs through two processes: one enqueues them one by one as fast as it can, this one claims and
// acks them in batches until all are done, and sleeps a millisecond when there was no whole batch.
// Once through the functions, once through bare statements.
#ifndef BENCH_END_TO_END_H_
#define BENCH_END_TO_END_H_

#include <string>
#include <vector>

#include "bench/sql_cases.h"
#include "bench/support/program.h"

namespace bench {

// A connection as an application has it: the extension loaded, WAL, synchronous NORMAL.
Db OpenWithSubject(const std::string& path, const std::string& library);

class EndToEnd {
 public:
  static constexpr int kBatch = 32;

  EndToEnd(std::string path, std::string library, int jobs, int limit_ms);

  // Both ways, in turn.
  void Round();

  // From the moment both may begin until the last one is acked.
  const std::vector<Speed>& ours() const { return ours_; }
  const std::vector<Speed>& bare() const { return bare_; }

 private:
  Speed Time(const std::string& way);

  std::string path_;
  std::string library_;
  int jobs_;
  int limit_ms_;
  Db db_;
  std::vector<Speed> ours_;
  std::vector<Speed> bare_;
};

// The other process: says that it is ready, begins at the end of its input, and says at last how
// many nanoseconds of CPU that took.
int RunProducer(const std::string& library, const std::string& path, const std::string& way,
                int jobs);

}  // namespace bench

#endif  // BENCH_END_TO_END_H_
