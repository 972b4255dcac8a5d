// What single threads of this process use. A subject is a black box: its watcher threads are known
// only as those that are neither the program's nor its waiters', its looks as the times they slept.
#ifndef BENCH_SUPPORT_THREADS_H_
#define BENCH_SUPPORT_THREADS_H_

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <set>

namespace bench {

struct ThreadUse {
  int64_t cpu_ns = 0;
  // Voluntary context switches: a thread that sleeps between its looks gains one a look, and one
  // more where a look itself has to wait.
  int64_t sleeps = 0;
};

// The threads of this process, now.
std::set<pid_t> ThreadIds();

// What each has used so far. One that is over is left out.
std::map<pid_t, ThreadUse> UseOf(const std::set<pid_t>& threads);

// What those that are in both used between the two, together.
ThreadUse UsedBetween(const std::map<pid_t, ThreadUse>& before,
                      const std::map<pid_t, ThreadUse>& after);

}  // namespace bench

#endif  // BENCH_SUPPORT_THREADS_H_
