// How long after a commit a waiting process is woken, per backend, journal mode and synchronous
// level.
//
// Two processes: this one commits on an open-loop schedule, the other waits through the subject's C
// ABI and re-reads at once, as the documentation tells applications to do. The latency of a commit
// runs from the return of its COMMIT to the return of the wait() whose re-read shows it. All
// combinations are run once a round, in turn, and the rounds repeated; the subjects take turns
// within a combination, with the same schedule.
//
// The JSON: sqlite, interval_ms, rounds, commits, gap_ms, pause_ms, seed, subjects (names, in the
// order given), and rows of {subject, backend, journal, synchronous} with one of
//   refused   the subject's sentence
//   failed    why there is no figure: the library, the process or the handle was lost
//   figures   p50_us, p50_us_rounds, p99_us, p99_9_us, max_us, seen_p50_us, samples, commits,
//             behind, judged, lost, wakes, early, gap_ms (bench/latency_run.h)
// and first_stderr_line where the watcher process wrote any.
//
// Not covered: several writers, a watcher process that is busy with something else.
#include <cstdio>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>

#include "bench/latency_run.h"
#include "bench/latency_watcher.h"
#include "bench/support/figures.h"
#include "bench/support/options.h"
#include "bench/support/program.h"

namespace bench {
namespace {

using nlohmann::json;

struct Plan {
  std::vector<NamedSubject> subjects = {{"reference", BuildFolder() + "/libhonker_ext.so"}};
  std::string dir = BuildFolder();
  std::string out = "-";
  std::vector<std::string> backends = {"polling", "kernel", "shm", "verified"};
  std::vector<std::string> journals = {"delete", "truncate", "persist", "wal"};
  std::vector<std::string> levels = {"off", "normal", "full"};
  int rounds = 4;
  int interval_ms = 1;
  int seed = 1;
  int limit_ms = 60'000;
  Schedule schedule;
};

// All rounds of one subject in one combination.
struct Row {
  NamedSubject subject;
  LatencyCase the_case;
  std::string refusal;
  std::string failure;
  std::string first_stderr_line;
  std::vector<LatencyResult> rounds;
};

json Figures(Row& row) {
  json figures = {{"subject", row.subject.name},
                  {"backend", row.the_case.backend},
                  {"journal", row.the_case.journal},
                  {"synchronous", row.the_case.synchronous}};
  if (!row.first_stderr_line.empty()) figures["first_stderr_line"] = row.first_stderr_line;
  if (!row.refusal.empty()) figures["refused"] = row.refusal;
  if (!row.failure.empty()) figures["failed"] = row.failure;
  if (!row.refusal.empty() || !row.failure.empty()) return figures;
  std::vector<int64_t> all;
  std::vector<double> p50;
  std::vector<double> seen_p50;
  std::map<std::string, int> counts;
  for (LatencyResult& round : row.rounds) {
    if (round.wake_ns.empty()) continue;
    p50.push_back(PercentileUs(round.wake_ns, 0.5));
    seen_p50.push_back(PercentileUs(round.seen_ns, 0.5));
    all.insert(all.end(), round.wake_ns.begin(), round.wake_ns.end());
  }
  for (const LatencyResult& round : row.rounds) {
    counts["commits"] += round.commits;
    counts["behind"] += round.behind;
    counts["judged"] += round.judged;
    counts["lost"] += round.lost;
    counts["wakes"] += round.wakes;
    counts["early"] += round.early;
  }
  figures.update(counts);
  figures["gap_ms"] = row.rounds.front().gap_ms;
  figures["samples"] = all.size();
  if (all.empty()) return figures;
  figures["p50_us"] = Median(p50);
  figures["p50_us_rounds"] = p50;
  figures["seen_p50_us"] = Median(seen_p50);
  figures["p99_us"] = PercentileUs(all, 0.99);
  // Below a thousand samples that would be the maximum under another name.
  if (all.size() >= 1000) figures["p99_9_us"] = PercentileUs(all, 0.999);
  figures["max_us"] = PercentileUs(all, 1);
  return figures;
}

std::vector<Row> Combinations(const Plan& plan) {
  std::vector<Row> rows;
  for (const std::string& journal : plan.journals) {
    for (const std::string& level : plan.levels) {
      for (const std::string& backend : plan.backends) {
        for (const NamedSubject& subject : plan.subjects) {
          rows.push_back({subject, {backend, journal, level}, {}, {}, {}, {}});
        }
      }
    }
  }
  return rows;
}

void Measure(const Plan& plan, std::vector<Row>& rows) {
  const Scratch scratch(plan.dir);
  for (int round = 0; round < plan.rounds; ++round) {
    for (Row& row : rows) {
      if (!row.refusal.empty() || !row.failure.empty()) continue;
      Schedule schedule = plan.schedule;
      schedule.seed = static_cast<uint64_t>(plan.seed + round);
      LatencyResult result =
          RunLatency(row.subject.library, scratch.Path("latency.db"), row.the_case, schedule,
                     static_cast<uint64_t>(plan.interval_ms), plan.limit_ms);
      row.refusal = Without(scratch.folder(), result.refusal);
      row.failure = Without(scratch.folder(), result.failure);
      if (row.first_stderr_line.empty()) {
        row.first_stderr_line = Without(scratch.folder(), result.first_stderr_line);
      }
      row.rounds.push_back(std::move(result));
    }
    std::fprintf(stderr, "wake latency: round %d of %d\n", round + 1, plan.rounds);
  }
}

int Main(int argc, char** argv) {
  if (argc == 6 && std::strcmp(argv[1], "--watcher-role") == 0) {
    return RunLatencyWatcher(argv[2], argv[3], argv[4], std::stoull(argv[5]));
  }
  Plan plan;
  ParseOptions(
      argc, argv, "Commit-to-wake latency between two processes, as JSON.",
      "  bench_wake_latency --out latency.json\n"
      "  bench_wake_latency --backend polling --journal wal --rounds 1\n"
      "  bench_wake_latency --subject one=./libone_ext.so --subject two=./libtwo_ext.so",
      {{"--subject", &plan.subjects, "extension library to measure, once for each"},
       {"--dir", &plan.dir, "where databases are made and removed"},
       {"--out", &plan.out, "file for the JSON, - for standard output"},
       {"--backend", &plan.backends, "backends, separated by commas"},
       {"--journal", &plan.journals, "journal modes"},
       {"--synchronous", &plan.levels, "synchronous levels"},
       {"--rounds", &plan.rounds, "how often all combinations are run, in turn"},
       {"--commits", &plan.schedule.commits, "commits of one run"},
       {"--run-ms", &plan.schedule.run_ms, "a run of slow commits is cut short after that"},
       {"--gap-ms", &plan.schedule.gap_ms,
        "mean time from one commit to the next, if the disk can keep it"},
       {"--pause-ms", &plan.schedule.pause_ms,
        "silence after every 20th commit; what it does not show is lost"},
       {"--interval-ms", &plan.interval_ms, "interval asked of the watcher"},
       {"--limit-ms", &plan.limit_ms, "a silent subject is given up after that"},
       {"--seed", &plan.seed, "of the schedule"}});
  std::vector<Row> rows = Combinations(plan);
  Measure(plan, rows);
  json report = {{"sqlite", sqlite3_libversion()},
                 {"interval_ms", plan.interval_ms},
                 {"rounds", plan.rounds},
                 {"commits", plan.schedule.commits},
                 {"gap_ms", plan.schedule.gap_ms},
                 {"pause_ms", plan.schedule.pause_ms},
                 {"seed", plan.seed},
                 {"subjects", json::array()},
                 {"rows", json::array()}};
  for (const NamedSubject& subject : plan.subjects) report["subjects"].push_back(subject.name);
  for (Row& row : rows) report["rows"].push_back(Figures(row));
  WriteOut(plan.out, report.dump(1) + "\n");
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::Main(argc, argv); }
