#include "bench/idle_watcher.h"

#include <sys/resource.h>

#include <atomic>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "bench/support/program.h"
#include "bench/support/subject.h"

namespace bench {
namespace {

namespace fs = std::filesystem;

int EntriesOf(const char* folder) {
  return static_cast<int>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

// What the process has used so far.
struct Use {
  int64_t at_ns = NowNs();
  int64_t cpu_ns = CpuNs();
  int64_t sleeps = Sleeps();

  static int64_t CpuNs() {
    timespec used{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return used.tv_sec * 1'000'000'000LL + used.tv_nsec;
  }
  static int64_t Sleeps() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_nvcsw;
  }
};

class Watching {
 public:
  Watching(const Subject& subject, const std::string& folder, const IdleCase& the_case)
      : subject_(subject) {
    for (int database = 0; database < the_case.databases && refusal_.empty(); ++database) {
      const std::string path = folder + "/" + std::to_string(database) + ".db";
      for (int i = 0; i < the_case.subscribers && refusal_.empty(); ++i) {
        HonkerWatcherHandle* handle = subject_.Open(
            path, the_case.backend, static_cast<uint64_t>(the_case.interval_ms), &refusal_);
        if (handle != nullptr) handles_.push_back(handle);
      }
    }
  }
  ~Watching() {
    for (HonkerWatcherHandle* handle : handles_) subject_.Close(handle);  // ends its wait
    for (std::thread& waiter : waiters_) waiter.join();
  }

  const std::string& refusal() const { return refusal_; }

  void LetThreadsWait() {
    constexpr uint64_t kLong = 3'600'000;
    for (HonkerWatcherHandle* handle : handles_) {
      waiters_.emplace_back([this, handle] {
        while (subject_.Wait(handle, kLong) >= 0) {
        }
      });
    }
  }

 private:
  const Subject& subject_;
  std::vector<HonkerWatcherHandle*> handles_;
  std::vector<std::thread> waiters_;
  std::string refusal_;
};

nlohmann::json Measure(int window_ms) {
  SleepUntilNs(NowNs() + 150'000'000);  // what the opening did is over
  const Use before;
  SleepUntilNs(before.at_ns + window_ms * 1'000'000LL);
  const Use after;
  const double seconds = static_cast<double>(after.at_ns - before.at_ns) / 1e9;
  return {{"cpu_ms_per_s", static_cast<double>(after.cpu_ns - before.cpu_ns) / 1e6 / seconds},
          // One is this thread's own sleep.
          {"wakeups_per_s", static_cast<double>(after.sleeps - before.sleeps - 1) / seconds}};
}

nlohmann::json MeasureSleep(const IdleCase& the_case) {
  std::atomic<bool> stop = false;
  std::thread sleeper([&] {
    for (int64_t next = NowNs(); !stop;) {
      next += the_case.interval_ms * 1'000'000LL;
      SleepUntilNs(next);
    }
  });
  nlohmann::json figures = Measure(the_case.window_ms);
  stop = true;
  sleeper.join();
  figures["threads"] = 1;
  figures["descriptors"] = 0;
  return figures;
}

void Print(const nlohmann::json& figures) {
  std::puts(figures.dump().c_str());
  std::fflush(stdout);
}

}  // namespace

int RunIdleWatcher(const std::string& library, const std::string& folder,
                   const IdleCase& the_case) {
  if (the_case.backend == "sleep") {
    Print(MeasureSleep(the_case));
    return 0;
  }
  const Subject subject(library);
  const int threads = EntriesOf("/proc/self/task");
  const int descriptors = EntriesOf("/proc/self/fd");
  Watching watching(subject, folder, the_case);
  if (!watching.refusal().empty()) {
    Print({{"refused", watching.refusal()}});
    return 0;
  }
  const int more_threads = EntriesOf("/proc/self/task") - threads;
  const int more_descriptors = EntriesOf("/proc/self/fd") - descriptors;
  watching.LetThreadsWait();
  nlohmann::json figures = Measure(the_case.window_ms);
  figures["threads"] = more_threads;
  figures["descriptors"] = more_descriptors;
  Print(figures);  // before anything is closed: a subject may make that slow, or die of it
  return 0;
}

}  // namespace bench
