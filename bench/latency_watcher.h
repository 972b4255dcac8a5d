// The watcher's side of bench_wake_latency: a process that does what an application is told to do.
#ifndef BENCH_LATENCY_WATCHER_H_
#define BENCH_LATENCY_WATCHER_H_

#include <cstdint>
#include <string>

namespace bench {

// Opens the watcher, says "ready" (or "refused SENTENCE", and is done), then for each wake re-reads
// the newest id at once, until standard input ends. Then prints one line a wake, "WOKE SEEN ID":
// when wait() returned, when the re-read was done, what it showed; last "end". Times are NowNs().
// Only then is the handle closed: a subject may make that slow, or die of it.
int RunLatencyWatcher(const std::string& library, const std::string& path,
                      const std::string& backend, uint64_t interval_ms);

}  // namespace bench

#endif  // BENCH_LATENCY_WATCHER_H_
