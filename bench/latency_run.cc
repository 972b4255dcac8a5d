#include "bench/latency_run.h"

#include <algorithm>
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

// One small transaction, prepared once.
class Writer {
 public:
  explicit Writer(sqlite3* db)
      : db_(db),
        begin_(Prepare(db, "BEGIN IMMEDIATE")),
        insert_(Prepare(db, "INSERT INTO t(text) VALUES('a payload of some forty bytes or so')")),
        commit_(Prepare(db, "COMMIT")) {}

  Commit Write() {
    (void)StepInt(begin_.get());
    (void)StepInt(insert_.get());
    const int64_t called = NowNs();
    (void)StepInt(commit_.get());
    return {sqlite3_last_insert_rowid(db_), called, NowNs()};
  }

 private:
  sqlite3* db_;
  Stmt begin_;
  Stmt insert_;
  Stmt commit_;
};

// The schedule as this machine can keep it. Nobody watches yet.
Schedule Paced(Writer& writer, Schedule schedule) {
  std::vector<int64_t> took;
  for (int i = 0; i < 9; ++i) {
    const int64_t start = NowNs();
    took.push_back(writer.Write().returned - start);
  }
  std::nth_element(took.begin(), took.begin() + 4, took.end());
  schedule.gap_ms = std::max(schedule.gap_ms, 3 * static_cast<double>(took[4]) / 1e6);
  const int in_time = static_cast<int>(schedule.run_ms / schedule.gap_ms);
  schedule.commits = std::min(schedule.commits, std::max(12, in_time));
  return schedule;
}

std::vector<Commit> WriteAll(Writer& writer, const Schedule& schedule, LatencyResult* result) {
  constexpr int64_t kLateNs = 1'000'000;
  std::vector<Commit> commits;
  const int64_t start = NowNs();
  for (const int64_t at : StartTimes(schedule)) {
    SleepUntilNs(start + at);
    result->behind += NowNs() > start + at + kLateNs;
    commits.push_back(writer.Write());
  }
  SleepUntilNs(NowNs() + static_cast<int64_t>(schedule.pause_ms * 1e6));
  result->commits = static_cast<int>(commits.size());
  result->gap_ms = schedule.gap_ms;
  return commits;
}

// False where the watcher process ended before its time.
bool ReadWakes(Child& watcher, std::vector<Wake>* wakes) {
  watcher.Finish();
  for (std::string line; watcher.ReadLine(&line);) {
    if (line == "end") return true;
    Wake wake{};
    if (std::sscanf(line.c_str(), "%" SCNd64 " %" SCNd64 " %" SCNd64, &wake.woke, &wake.seen,
                    &wake.id) == 3) {
      wakes->push_back(wake);
    }
  }
  return false;
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
                         uint64_t interval_ms, int limit_ms) {
  LatencyResult result;
  for (const char* suffix : {"", "-wal", "-shm", "-journal"})
    std::filesystem::remove(path + suffix);
  const Db db = MakeDb(path, the_case.journal);
  Exec(db.get(), "PRAGMA synchronous=" + the_case.synchronous);
  Writer writer(db.get());
  const Schedule paced = Paced(writer, schedule);
  Child watcher({"--watcher-role", library, path, the_case.backend, std::to_string(interval_ms)},
                limit_ms);
  std::string answer;
  std::vector<Wake> wakes;
  bool answered = false;
  do {  // a subject may write on standard output as well
    answered = watcher.ReadLine(&answer);
  } while (answered && answer != "ready" && answer.rfind("refused ", 0) != 0);
  if (!answered) {
    result.failure = watcher.Problem();
  } else if (answer != "ready") {
    result.refusal = answer.substr(8);
  } else {
    const std::vector<Commit> commits = WriteAll(writer, paced, &result);
    if (ReadWakes(watcher, &wakes)) {
      Match(commits, wakes, paced, &result);
    } else {
      result.failure = watcher.Problem();
    }
  }
  const std::vector<std::string> lines = watcher.ErrorLines();
  if (!lines.empty()) result.first_stderr_line = lines.front();
  return result;
}

}  // namespace bench
