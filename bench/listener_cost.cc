// What a notification costs on its way to a listener of the C++ API in another process, and how
// long it takes, beside bare statements on the same table that are woken by the same watcher:
// WAL, synchronous NORMAL.
//
// Ours and bare take turns, each case once a round, and the rounds are repeated.
//
// The JSON: sqlite, rounds, gap_ms, and rows of {backend, batch} with
//   per_s, cpu_us                   lists with one figure for each round, as in bench/sql_cost.cc
//   bare_per_s, bare_cpu_us         the same of the bare statements
// and, for notifications that are sent one by one with pauses,
//   p50_us, bare_p50_us             lists: the median of each round
//   p99_us, bare_p99_us, samples    over all rounds
//
// Not covered: the back-end kernel, which may lose the wake for the last commit in WAL (the
// listener would find it by its idle poll: that is `lost` of bench/wake_latency.cc); several
// listeners.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>

#include "bench/notify_listener.h"
#include "bench/support/figures.h"
#include "bench/support/options.h"
#include "bench/support/program.h"

namespace bench {
namespace {

using nlohmann::json;

struct Plan {
  std::string dir = BuildFolder();
  std::string out = "-";
  std::vector<std::string> backends = {"polling", "shm"};
  int rounds = 9;
  int notifications = 8000;
  int paced = 300;
  double gap_ms = 3;
  int seed = 1;
  int limit_ms = 60'000;
};

constexpr int kBatches[] = {1, 100};

struct Side {
  std::vector<Crowd> crowds;
  std::vector<double> p50_us;
  std::vector<int64_t> latencies_ns;
};

struct Row {
  ListenerCase the_case;
  Side ours;
  Side bare;
};

std::vector<Row> Rows(const Plan& plan) {
  std::vector<Row> rows;
  for (const std::string& backend : plan.backends) {
    for (const int batch : kBatches) rows.push_back({{backend, batch}, {}, {}});
  }
  return rows;
}

void Measure(const Plan& plan, const std::string& path, int round, const std::string& way,
             const ListenerCase& the_case, Side& side) {
  const int whole = std::max(1, plan.notifications / the_case.batch) * the_case.batch;
  side.crowds.push_back(TimeCrowd(path, the_case, way, whole, plan.limit_ms));
  if (the_case.batch > 1) return;
  std::vector<int64_t> each = TimeEach(path, the_case, way, plan.paced, plan.gap_ms,
                                       static_cast<uint64_t>(plan.seed + round), plan.limit_ms);
  side.p50_us.push_back(PercentileUs(each, 0.5));
  side.latencies_ns.insert(side.latencies_ns.end(), each.begin(), each.end());
}

void AddFigures(json& figures, const std::string& prefix, Side& side) {
  for (const Crowd& crowd : side.crowds) {
    figures[prefix + "per_s"].push_back(crowd.per_s);
    figures[prefix + "cpu_us"].push_back(crowd.cpu_us);
  }
  if (side.latencies_ns.empty()) return;
  figures["samples"] = side.latencies_ns.size();
  figures[prefix + "p50_us"] = side.p50_us;
  figures[prefix + "p99_us"] = PercentileUs(side.latencies_ns, 0.99);
}

int Main(int argc, char** argv) {
  if (argc == 8 && std::strcmp(argv[1], "--notifier-role") == 0) {
    return RunNotifier(argv[2], argv[3], std::atoi(argv[4]), std::atoi(argv[5]), std::atof(argv[6]),
                       std::strtoull(argv[7], nullptr, 10));
  }
  Plan plan;
  ParseOptions(argc, argv,
               "From notify to a listener of the C++ API in another process, beside bare "
               "statements, as JSON.",
               "  bench_listener_cost --out listener_cost.json\n"
               "  bench_listener_cost --rounds 1 --notifications 500 --paced 50",
               {{"--dir", &plan.dir, "where databases are made and removed"},
                {"--out", &plan.out, "file for the JSON, - for standard output"},
                {"--backend", &plan.backends, "what the listener is woken by, separated by commas"},
                {"--rounds", &plan.rounds, "how often everything is timed, in turn"},
                {"--notifications", &plan.notifications, "sent as fast as can be, in one window"},
                {"--paced", &plan.paced, "sent with pauses, in one window"},
                {"--gap-ms", &plan.gap_ms, "mean time from one of those to the next"},
                {"--seed", &plan.seed, "of the pauses"},
                {"--limit-ms", &plan.limit_ms, "silence is given up after that"}});
  const Scratch scratch(plan.dir);
  const std::string path = scratch.Path("notifications.db");
  std::vector<Row> rows = Rows(plan);
  for (int round = 0; round < plan.rounds; ++round) {
    for (Row& row : rows) {
      const auto ours = [&] { Measure(plan, path, round, "ours", row.the_case, row.ours); };
      if (round % 2 == 0) ours();
      Measure(plan, path, round, "bare", row.the_case, row.bare);
      if (round % 2 != 0) ours();
    }
    std::fprintf(stderr, "listener cost: round %d of %d\n", round + 1, plan.rounds);
  }
  json report = {{"sqlite", sqlite3_libversion()},
                 {"rounds", plan.rounds},
                 {"gap_ms", plan.gap_ms},
                 {"rows", json::array()}};
  for (Row& row : rows) {
    json figures = {{"backend", row.the_case.backend}, {"batch", row.the_case.batch}};
    AddFigures(figures, "", row.ours);
    AddFigures(figures, "bare_", row.bare);
    report["rows"].push_back(figures);
  }
  WriteOut(plan.out, report.dump(1) + "\n");
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::Main(argc, argv); }
