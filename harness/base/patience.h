// A limit against hangs that a slow machine does not use up.
//
// Time that a process spends in uninterruptible sleep (state D of proc(5): the kernel or the disk
// keeps it there, and no program can leave it) does not count: a machine whose disk stands still
// for minutes is no hang of a subject. One thread uses an object.
#ifndef HARNESS_BASE_PATIENCE_H_
#define HARNESS_BASE_PATIENCE_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <vector>

namespace harness {

// True while any thread of the process is in uninterruptible sleep; false where it is gone.
bool InUninterruptibleSleep(pid_t pid);

class Patience {
 public:
  using Clock = std::function<int64_t()>;
  using Blocked = std::function<bool(pid_t)>;

  // Starts to count. `now_ns` and `blocked` are for tests.
  explicit Patience(int64_t limit_ms, Clock now_ns = {}, Blocked blocked = InUninterruptibleSleep);

  // To be asked every 100 ms or so while one waits for these processes: the time since the last
  // question counts unless one of them is blocked now. A disk that never answers uses the limit up
  // all the same, twenty times slower.
  bool IsOver(const std::vector<pid_t>& pids);
  int64_t limit_ms() const { return limit_ns_ / 1'000'000; }
  // What is left, as far as it has been counted.
  int64_t left_ms() const { return (limit_ns_ - spent_ns_) / 1'000'000; }
  // Counts from the beginning.
  void Restart();

 private:
  int64_t limit_ns_;
  Clock now_ns_;
  Blocked blocked_;
  int64_t asked_ns_ = 0;
  int64_t spent_ns_ = 0;
};

}  // namespace harness

#endif  // HARNESS_BASE_PATIENCE_H_
