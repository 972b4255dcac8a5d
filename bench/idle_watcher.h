// The measured process of bench_idle_cost: it watches, and nothing happens.
#ifndef BENCH_IDLE_WATCHER_H_
#define BENCH_IDLE_WATCHER_H_

#include <string>

namespace bench {

struct IdleCase {
  std::string backend;  // or "sleep...": one thread that does nothing but sleep `interval_ms`
  int databases = 1;
  int subscribers = 1;  // of each database
  int window_ms = 1000;
  int interval_ms = 1;
};

// Opens the watchers on `folder`/N.db, which exist, lets each handle be waited on by a thread of
// its own, and measures this process for the window. Prints one JSON object in a line:
//   refused           the subject's sentence, and nothing else
//   failed            what went wrong in the window (a handle died), and nothing else
//   cpu_ms_per_s      of the whole process
//   wakeups_per_s     times a thread of it went to sleep of its own will and came back
//   cpu_us_per_look   CPU time of the subject's threads by the times they slept; absent where they
//                     did not sleep, or there are none
//   wakes_per_s       waits that were answered with a wake
//   stderr_lines      written on standard error in the window
//   threads, descriptors   what opening the handles added
// Then, where `once_more` is set, waits for the end of standard input, and does it again without
// the last two: what somebody else does meanwhile is his affair.
int RunIdleWatcher(const std::string& library, const std::string& folder, const IdleCase& the_case,
                   bool once_more);

}  // namespace bench

#endif  // BENCH_IDLE_WATCHER_H_
