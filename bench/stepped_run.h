// One run of bench_stepped: commits of one or more writers, each waited for, and a process that
// watches.
#ifndef BENCH_STEPPED_RUN_H_
#define BENCH_STEPPED_RUN_H_

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

struct SteppedCase {
  std::string backend;
  std::string journal;
  std::string synchronous;
  // "one": a writer commits, and goes on when the watcher's re-read has shown the commit.
  // "four": four of them, each with a connection of its own, each at its own pace.
  // "brief": one that opens the database for each commit and closes it.
  // "dropped": as "one", while the watcher's process is given no file event at all.
  // "busy": one that commits without a pause. Nothing is re-read: that would only measure who gets
  //   the lock.
  std::string writers;
};

struct SteppedResult {
  std::string refusal;  // the subject's sentence; then there are no figures
  std::string failure;  // why the watcher process gave no answer; then there are none either
  int commits = 0;
  int lost = 0;                  // no wake showed it before the limit
  std::vector<int64_t> wake_ns;  // from the return of COMMIT to that of the wait() whose re-read
                                 // shows it ("busy": to the next return of wait(), or one up to
                                 // 200 us before)
};

// `commits` in all; "busy" instead runs for `busy_ms`. A commit that is not seen `limit_ms` after
// its return is lost.
SteppedResult RunStepped(const std::string& library, const std::string& folder,
                         const SteppedCase& the_case, int commits, int busy_ms, int limit_ms);

// The watcher's side, a process of its own: "ready" or "refused SENTENCE", then re-reads on each
// wake and writes the board until standard input ends; then "end". "busy" prints the times of its
// wakes before that.
int RunSteppedWatcher(const std::string& library, const std::string& folder,
                      const std::string& backend, const std::string& writers);

}  // namespace bench

#endif  // BENCH_STEPPED_RUN_H_
