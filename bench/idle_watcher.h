// The measured process of bench_idle_cost: it watches, and nothing happens.
#ifndef BENCH_IDLE_WATCHER_H_
#define BENCH_IDLE_WATCHER_H_

#include <string>

namespace bench {

struct IdleCase {
  std::string backend;  // or "sleep": one thread that does nothing but sleep `interval_ms`
  int databases = 1;
  int subscribers = 1;  // of each database
  int window_ms = 1000;
  int interval_ms = 1;
};

// Opens the watchers on `folder`/N.db, which exist, lets each handle be waited on by a thread of
// its own, and measures this process for the window. Prints one JSON object: cpu_ms_per_s,
// wakeups_per_s (times a thread went to sleep of its own will and came back), threads, descriptors
// (both without what the measurement itself added), or refused.
int RunIdleWatcher(const std::string& library, const std::string& folder, const IdleCase& the_case);

}  // namespace bench

#endif  // BENCH_IDLE_WATCHER_H_
