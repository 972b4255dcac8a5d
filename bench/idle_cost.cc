// What watching costs while nothing happens: CPU, wake-ups, threads and descriptors of a process,
// per backend, with more and more subscribers of one database and with more and more databases,
// beside a thread that only sleeps as often (the limit of anything that looks every interval).
//
// The databases are in WAL mode, with a connection of this process open to each. Each case is
// measured in a fresh process; all cases are measured once a round, in turn, and the medians are
// given.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

#include "bench/idle_watcher.h"
#include "bench/support/child.h"
#include "bench/support/options.h"
#include "bench/support/program.h"

namespace bench {
namespace {

using nlohmann::json;

struct Plan {
  std::string subject = BuildFolder() + "/libhonker_ext.so";
  std::string dir = BuildFolder();
  std::string out = "-";
  std::vector<std::string> backends = {"sleep", "polling", "kernel", "shm"};
  std::vector<int> subscribers = {1, 10, 100};
  std::vector<int> databases = {1, 10, 50};
  int rounds = 3;
  int window_ms = 1000;
  int interval_ms = 1;
};

struct Row {
  IdleCase the_case;
  std::vector<json> rounds;
};

std::vector<Row> Cases(const Plan& plan) {
  std::vector<Row> rows;
  const auto add = [&](const std::string& backend, int databases, int subscribers) {
    const auto same = [&](const Row& row) {
      return row.the_case.backend == backend && row.the_case.databases == databases &&
             row.the_case.subscribers == subscribers;
    };
    if (backend == "sleep" && databases * subscribers != 1) return;
    if (std::any_of(rows.begin(), rows.end(), same)) return;
    rows.push_back({{backend, databases, subscribers, plan.window_ms, plan.interval_ms}, {}});
  };
  for (const std::string& backend : plan.backends) {
    if (backend == "sleep") add(backend, 1, 1);
    for (const int subscribers : plan.subscribers) add(backend, 1, subscribers);
    for (const int databases : plan.databases) add(backend, databases, 1);
  }
  return rows;
}

json MeasureOnce(const Plan& plan, const std::string& folder, const IdleCase& the_case) {
  Child child({"--watcher-role", plan.subject, folder, the_case.backend,
               std::to_string(the_case.databases), std::to_string(the_case.subscribers),
               std::to_string(the_case.window_ms), std::to_string(the_case.interval_ms)});
  std::string answer;
  if (!child.ReadLine(&answer)) Fail("the measured process ended without an answer");
  return json::parse(answer);
}

double Median(const std::vector<json>& rounds, const char* figure) {
  std::vector<double> values;
  for (const json& round : rounds) values.push_back(round.at(figure).get<double>());
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

json Figures(const Row& row) {
  json figures = {{"backend", row.the_case.backend},
                  {"databases", row.the_case.databases},
                  {"subscribers", row.the_case.subscribers}};
  for (const json& round : row.rounds) {
    if (round.contains("refused")) {
      figures["refused"] = round["refused"];
      return figures;
    }
  }
  for (const char* figure : {"cpu_ms_per_s", "wakeups_per_s", "threads", "descriptors"}) {
    figures[figure] = Median(row.rounds, figure);
  }
  return figures;
}

int Main(int argc, char** argv) {
  if (argc == 9 && std::strcmp(argv[1], "--watcher-role") == 0) {
    return RunIdleWatcher(
        argv[2], argv[3],
        {argv[4], std::stoi(argv[5]), std::stoi(argv[6]), std::stoi(argv[7]), std::stoi(argv[8])});
  }
  Plan plan;
  ParseOptions(argc, argv, "What watchers cost while nothing happens, as JSON.",
               "  bench_idle_cost --out idle.json\n"
               "  bench_idle_cost --backend polling,shm --databases 1,100 --rounds 1\n"
               "  bench_idle_cost --subject ./libother_ext.so --interval-ms 5",
               {{"--subject", &plan.subject, "extension library to measure"},
                {"--dir", &plan.dir, "where databases are made and removed"},
                {"--out", &plan.out, "file for the JSON, - for standard output"},
                {"--backend", &plan.backends, "backends, separated by commas"},
                {"--subscribers", &plan.subscribers, "numbers of subscribers of one database"},
                {"--databases", &plan.databases, "numbers of databases with one subscriber each"},
                {"--rounds", &plan.rounds, "how often all cases are measured, in turn"},
                {"--window-ms", &plan.window_ms, "how long each is measured"},
                {"--interval-ms", &plan.interval_ms, "interval asked of the watchers"}});
  const Scratch scratch(plan.dir);
  const int most = *std::max_element(plan.databases.begin(), plan.databases.end());
  std::vector<Db> open;
  for (int i = 0; i < most; ++i) {
    open.push_back(MakeDb(scratch.Path(std::to_string(i) + ".db"), "wal"));
  }
  std::vector<Row> rows = Cases(plan);
  for (int round = 0; round < plan.rounds; ++round) {
    for (Row& row : rows) {
      row.rounds.push_back(MeasureOnce(plan, scratch.Path(""), row.the_case));
    }
    std::fprintf(stderr, "idle cost: round %d of %d\n", round + 1, plan.rounds);
  }
  json report = {{"sqlite", sqlite3_libversion()},
                 {"interval_ms", plan.interval_ms},
                 {"rounds", plan.rounds},
                 {"window_ms", plan.window_ms},
                 {"rows", json::array()}};
  for (const Row& row : rows) report["rows"].push_back(Figures(row));
  WriteOut(plan.out, report.dump(1) + "\n");
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::Main(argc, argv); }
