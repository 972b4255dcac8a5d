// Notifications from one process to another: that one notifies, this one listens. Through the C++
// API (Notify and Listener), and through bare statements on the same table: INSERT, and a SELECT of
// what lies behind the last id after each wake by the same watcher.
#ifndef BENCH_NOTIFY_LISTENER_H_
#define BENCH_NOTIFY_LISTENER_H_

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

struct ListenerCase {
  std::string backend;
  int batch = 1;  // notifications in one transaction
};

struct Crowd {
  double per_s;   // notifications a second, from the first one's begin to the last one's arrival
  double cpu_us;  // CPU time of one, of the thread that notifies and of the one that listens
};

// `way` is "ours" or "bare", `path` a file that is not there yet or one of an earlier call. A
// notifier that is silent, and a listener that gets nothing, for `limit_ms` ends the program.
//
// As fast as they can be sent.
Crowd TimeCrowd(const std::string& path, const ListenerCase& the_case, const std::string& way,
                int notifications, int limit_ms);
// One by one on an open-loop schedule, `gap_ms` apart on average: nanoseconds from the return of
// the call that committed each to the moment at which the listener's thread holds it.
std::vector<int64_t> TimeEach(const std::string& path, const ListenerCase& the_case,
                              const std::string& way, int notifications, double gap_ms,
                              uint64_t seed, int limit_ms);

// The other process: says that it is ready and begins at the end of its input. Says at last how
// many nanoseconds of CPU that took, then when each call returned. gap_ms 0: without pauses.
int RunNotifier(const std::string& path, const std::string& way, int batch, int notifications,
                double gap_ms, uint64_t seed);

}  // namespace bench

#endif  // BENCH_NOTIFY_LISTENER_H_
