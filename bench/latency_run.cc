#include "bench/latency_run.h"

#include <cinttypes>
#include <cstdio>
#include <filesystem>
#include <random>

#include "bench/support/child.h"
#include "bench/support/program.h"

namespace bench {
namespace {

struct Commit {
  int64_t id;
  int64_t called;
  int64_t returned;
};

struct Wake {
  int64_t woke;
  int64_t seen;
  int64_t id;
};

std::vector<int64_t> StartTimes(const Schedule& schedule) {
  std::mt19937_64 random(schedule.seed);
  std::uniform_real_distribution<double> gap(0.5 * schedule.gap_ms, 1.5 * schedule.gap_ms);
  std::vector<int64_t> times;
  double at_ms = 20;
  for (int i = 1; i <= schedule.commits; ++i) {
    times.push_back(static_cast<int64_t>(at_ms * 1e6));
    at_ms += gap(random) + (i % schedule.pause_every == 0 ? schedule.pause_ms : 0);
  }
  return times;
}

std::vector<Commit> Write(sqlite3* db, const Schedule& schedule) {
  const Stmt begin = Prepare(db, "BEGIN IMMEDIATE");
  const Stmt insert =
      Prepare(db, "INSERT INTO t(text) VALUES('a payload of some forty bytes or so')");
  const Stmt commit = Prepare(db, "COMMIT");
  std::vector<Commit> commits;
  const int64_t start = NowNs();
  for (const int64_t at : StartTimes(schedule)) {
    SleepUntilNs(start + at);
    (void)StepInt(begin.get());
    (void)StepInt(insert.get());
    const int64_t called = NowNs();
    (void)StepInt(commit.get());
    commits.push_back({sqlite3_last_insert_rowid(db), called, NowNs()});
  }
  SleepUntilNs(NowNs() + static_cast<int64_t>(schedule.pause_ms * 1e6));
  return commits;
}

std::vector<Wake> ReadWakes(Child& watcher) {
  std::vector<Wake> wakes;
  watcher.Finish();
  for (std::string line; watcher.ReadLine(&line);) {
    if (line == "end") return wakes;
    Wake wake{};
    if (std::sscanf(line.c_str(), "%" SCNd64 " %" SCNd64 " %" SCNd64, &wake.woke, &wake.seen,
                    &wake.id) == 3) {
      wakes.push_back(wake);
    }
  }
  Fail("the watcher process ended before its time");
}

void Match(const std::vector<Commit>& commits, const std::vector<Wake>& wakes,
           const Schedule& schedule, LatencyResult* result) {
  int64_t shown = commits.front().id - 1;
  for (const Wake& wake : wakes) {
    if (wake.id <= shown) ++result->early;
    shown = std::max(shown, wake.id);
  }
  result->wakes = static_cast<int>(wakes.size());
  size_t next = 0;
  for (size_t i = 0; i < commits.size(); ++i) {
    while (next < wakes.size() && wakes[next].id < commits[i].id) ++next;
    const bool last = i + 1 == commits.size();
    const bool never = next == wakes.size();
    const double silence_ms =
        last ? schedule.pause_ms
             : static_cast<double>(commits[i + 1].called - commits[i].returned) / 1e6;
    const bool judged = silence_ms >= 0.75 * schedule.pause_ms;
    const bool lost = judged && (never || (!last && wakes[next].woke >= commits[i + 1].called));
    result->judged += judged;
    result->lost += lost;
    if (lost || never) continue;
    result->wake_ns.push_back(wakes[next].woke - commits[i].returned);
    result->seen_ns.push_back(wakes[next].seen - commits[i].returned);
  }
}

}  // namespace

LatencyResult RunLatency(const std::string& library, const std::string& path,
                         const LatencyCase& the_case, const Schedule& schedule,
                         uint64_t interval_ms) {
  LatencyResult result;
  for (const char* suffix : {"", "-wal", "-shm", "-journal"})
    std::filesystem::remove(path + suffix);
  const Db db = MakeDb(path, the_case.journal);
  Exec(db.get(), "PRAGMA synchronous=" + the_case.synchronous);
  Child watcher({"--watcher-role", library, path, the_case.backend, std::to_string(interval_ms)});
  std::string answer;
  if (!watcher.ReadLine(&answer)) Fail("the watcher process did not start");
  if (answer.rfind("refused ", 0) == 0) {
    result.refusal = answer.substr(8);
    return result;
  }
  const std::vector<Commit> commits = Write(db.get(), schedule);
  Match(commits, ReadWakes(watcher), schedule, &result);
  return result;
}

}  // namespace bench
