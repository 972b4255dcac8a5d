#include "bench/latency_watcher.h"

#include <cinttypes>
#include <cstdio>
#include <vector>

#include "bench/support/child.h"
#include "bench/support/program.h"
#include "bench/support/subject.h"

namespace bench {
namespace {

struct Wake {
  int64_t woke;
  int64_t seen;
  int64_t id;
};

}  // namespace

int RunLatencyWatcher(const std::string& library, const std::string& path,
                      const std::string& backend, uint64_t interval_ms) {
  constexpr uint64_t kLookAtInputMs = 50;
  const Subject subject(library);
  const Db db = OpenDb(path, SQLITE_OPEN_READWRITE);
  const Stmt newest = Prepare(db.get(), "SELECT max(id) FROM t");
  (void)StepInt(newest.get());
  std::string refusal;
  HonkerWatcherHandle* handle = subject.Open(path, backend, interval_ms, &refusal);
  if (handle == nullptr) {
    std::printf("refused %s\n", refusal.c_str());
    return 0;
  }
  std::vector<Wake> wakes;
  wakes.reserve(1 << 16);
  std::puts("ready");
  std::fflush(stdout);
  while (!InputEnded(0)) {
    const int answer = subject.Wait(handle, kLookAtInputMs);
    if (answer < 0) Fail("the watcher died: wait returned " + std::to_string(answer));
    if (answer == 0) continue;
    const int64_t woke = NowNs();
    const int64_t id = StepInt(newest.get());
    wakes.push_back({woke, NowNs(), id});
  }
  for (const Wake& wake : wakes) {
    std::printf("%" PRId64 " %" PRId64 " %" PRId64 "\n", wake.woke, wake.seen, wake.id);
  }
  std::puts("end");
  std::fflush(stdout);
  subject.Close(handle);
  return 0;
}

}  // namespace bench
