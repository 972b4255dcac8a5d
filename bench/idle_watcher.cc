#include "bench/idle_watcher.h"

#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>
#include <vector>

#include "bench/support/child.h"
#include "bench/support/program.h"
#include "bench/support/subject.h"
#include "bench/support/threads.h"

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
  int64_t lines = LinesOnStderr();

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
        {
          const std::lock_guard<std::mutex> lock(mutex_);
          waiter_ids_.insert(gettid());
        }
        for (int answer = 0; answer >= 0;) {
          answer = subject_.Wait(handle, kLong);
          wakes_ += answer > 0;
        }
        ++dead_;
      });
    }
  }

  std::set<pid_t> WaiterIds() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return waiter_ids_;
  }
  int64_t wakes() const { return wakes_; }
  // "" while every handle lives.
  std::string Deaths() const {
    if (dead_ == 0) return "";
    return "wait ended with an error for " + std::to_string(dead_) + " of " +
           std::to_string(handles_.size()) + " handles";
  }

 private:
  const Subject& subject_;
  std::vector<HonkerWatcherHandle*> handles_;
  std::vector<std::thread> waiters_;
  std::string refusal_;
  mutable std::mutex mutex_;
  std::set<pid_t> waiter_ids_;
  std::atomic<int64_t> wakes_ = 0;
  std::atomic<int64_t> dead_ = 0;
};

constexpr int64_t kSettleNs = 150'000'000;  // what the opening did is over

nlohmann::json Measure(int window_ms, const std::set<pid_t>& looking) {
  const auto threads_before = UseOf(looking);
  const Use before;
  SleepUntilNs(before.at_ns + window_ms * 1'000'000LL);
  const Use after;
  const ThreadUse looks = UsedBetween(threads_before, UseOf(looking));
  const double seconds = static_cast<double>(after.at_ns - before.at_ns) / 1e9;
  nlohmann::json figures = {
      {"cpu_ms_per_s", static_cast<double>(after.cpu_ns - before.cpu_ns) / 1e6 / seconds},
      // One is this thread's own sleep.
      {"wakeups_per_s", static_cast<double>(after.sleeps - before.sleeps - 1) / seconds},
      {"stderr_lines", after.lines - before.lines}};
  if (looks.sleeps > 0) {
    figures["cpu_us_per_look"] =
        static_cast<double>(looks.cpu_ns) / 1e3 / static_cast<double>(looks.sleeps);
  }
  return figures;
}

// All but this program's own: the subject may start a thread when it likes.
std::set<pid_t> SubjectThreads(const std::set<pid_t>& before, const Watching& watching) {
  std::set<pid_t> own = watching.WaiterIds();
  own.insert(before.begin(), before.end());
  std::set<pid_t> rest;
  for (const pid_t tid : ThreadIds()) {
    if (own.count(tid) == 0) rest.insert(tid);
  }
  return rest;
}

nlohmann::json MeasureWatching(int window_ms, const std::set<pid_t>& threads_before,
                               const Watching& watching) {
  const int64_t wakes = watching.wakes();
  nlohmann::json figures = Measure(window_ms, SubjectThreads(threads_before, watching));
  figures["wakes_per_s"] = static_cast<double>(watching.wakes() - wakes) * 1e3 / window_ms;
  if (!watching.Deaths().empty()) return {{"failed", watching.Deaths()}};
  return figures;
}

nlohmann::json MeasureSleep(const IdleCase& the_case) {
  std::atomic<bool> stop = false;
  const std::set<pid_t> before = ThreadIds();
  std::thread sleeper([&] {
    for (int64_t next = NowNs(); !stop;) {
      next += the_case.interval_ms * 1'000'000LL;
      SleepUntilNs(next);
    }
  });
  SleepUntilNs(NowNs() + kSettleNs);
  std::set<pid_t> looking = ThreadIds();
  for (const pid_t tid : before) looking.erase(tid);
  nlohmann::json figures = Measure(the_case.window_ms, looking);
  figures["wakes_per_s"] = 0;
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

int RunIdleWatcher(const std::string& library, const std::string& folder, const IdleCase& the_case,
                   bool once_more) {
  if (the_case.backend.starts_with("sleep")) {
    Print(MeasureSleep(the_case));
    return 0;
  }
  const Subject subject(library);
  const std::set<pid_t> threads = ThreadIds();
  const int descriptors = EntriesOf("/proc/self/fd");
  Watching watching(subject, folder, the_case);
  if (!watching.refusal().empty()) {
    Print({{"refused", watching.refusal()}});
    return 0;
  }
  const size_t more_threads = ThreadIds().size() - threads.size();
  const int more_descriptors = EntriesOf("/proc/self/fd") - descriptors;
  watching.LetThreadsWait();
  SleepUntilNs(NowNs() + kSettleNs);
  nlohmann::json figures = MeasureWatching(the_case.window_ms, threads, watching);
  if (!figures.contains("failed")) {
    figures["threads"] = more_threads;
    figures["descriptors"] = more_descriptors;
  }
  Print(figures);  // before anything is closed: a subject may make that slow, or die of it
  if (!once_more) return 0;
  (void)InputEnded(-1);
  Print(MeasureWatching(the_case.window_ms, threads, watching));
  return 0;
}

}  // namespace bench
