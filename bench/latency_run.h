// One run of bench_wake_latency: this process commits, a second one waits.
#ifndef BENCH_LATENCY_RUN_H_
#define BENCH_LATENCY_RUN_H_

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

struct LatencyCase {
  std::string backend;
  std::string journal;
  std::string synchronous;
};

// How commits are spread in time. It is laid down before the first one and never bent by how things
// go (an open loop), so a slow watcher is not spared the commits that come while it is slow.
struct Schedule {
  int commits = 300;
  // A run of slow commits is cut short: at most that long, at least 12 commits.
  double run_ms = 3000;
  // From one start to the next, at least three times what a commit takes before anybody watches (a
  // writer without rest would only measure who gets the lock), evenly spread between half of it and
  // half as much again: with gaps that are no multiple of the interval, every phase of a poll is
  // met equally often.
  double gap_ms = 3;
  // After every n-th commit nothing for so long: what has not been shown by then is lost.
  int pause_every = 20;
  double pause_ms = 60;
  uint64_t seed = 1;
};

struct LatencyResult {
  std::string refusal;  // the subject's sentence; then there are no figures
  std::string failure;  // why the watcher process gave no answer; then there are none either
  std::string first_stderr_line;  // of the watcher process, "" where it wrote none
  std::vector<int64_t>
      wake_ns;  // from the return of COMMIT to the return of the wait() after which
                // a re-read shows the commit; negative where the wake came before
  std::vector<int64_t> seen_ns;  // the same to the end of that re-read
  int commits = 0;
  int behind = 0;     // commits that began more than a millisecond after their time
  double gap_ms = 0;  // what it was in the end
  int judged = 0;     // commits with a pause behind them
  int lost = 0;       // of those: shown by no wake before the next COMMIT
  int wakes = 0;
  int early = 0;  // wakes after which the re-read showed nothing new
};

// A watcher process that is silent for `limit_ms` is given up.
LatencyResult RunLatency(const std::string& library, const std::string& path,
                         const LatencyCase& the_case, const Schedule& schedule,
                         uint64_t interval_ms, int limit_ms);

}  // namespace bench

#endif  // BENCH_LATENCY_RUN_H_
