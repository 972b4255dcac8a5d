// What watching costs while nothing happens: CPU, wake-ups, threads and descriptors of a process,
// per backend, with more and more subscribers of one database and with more and more databases,
// beside a thread that only sleeps as often (the limit of anything that looks every interval), and
// one that sleeps 100 ms at a time (that of anything that waits for events): what a machine charges
// for a wake-up alone differs by a hundred times. With one database and one subscriber also while
// somebody else opens, reads and closes the database.
//
// The databases are in WAL mode, with a connection of this process open to each. Each case is
// measured in a fresh process; all cases of all subjects are measured once a round, in turn, and
// the medians are given.
//
// The JSON: sqlite, interval_ms, rounds, window_ms, subjects (names, in the order given), and rows
// of {subject ("" for the sleeping threads), backend, databases, subscribers} with one of
//   refused   the subject's sentence
//   failed    why there is no figure: the library, the process or a handle was lost
//   figures   cpu_ms_per_s, wakeups_per_s, wakes_per_s, cpu_us_per_look (maybe absent), threads and
//             descriptors as bench/idle_watcher.h has them, medians of the rounds;
//             stderr_lines_per_s, the mean of all windows; opened, where that was measured:
//             opens_per_s and the same figures, or refused or failed
// and first_stderr_line where the process wrote any, also before the window.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

#include "bench/idle_opener.h"
#include "bench/idle_watcher.h"
#include "bench/support/child.h"
#include "bench/support/options.h"
#include "bench/support/program.h"

namespace bench {
namespace {

using nlohmann::json;

struct Plan {
  std::vector<NamedSubject> subjects = {{"reference", BuildFolder() + "/libhonker_ext.so"}};
  std::string dir = BuildFolder();
  std::string out = "-";
  std::vector<std::string> backends = {"sleep", "polling", "kernel", "shm", "verified"};
  std::vector<int> subscribers = {1, 10, 100};
  std::vector<int> databases = {1, 10, 50};
  int rounds = 3;
  int window_ms = 1000;
  int interval_ms = 1;
  int limit_ms = 60'000;
};

struct Row {
  NamedSubject subject;  // none for the sleeping thread
  IdleCase the_case;
  bool opened = false;  // measured once more, with somebody who opens and closes the database
  std::vector<json> rounds;
  std::string first_stderr_line;
};

bool HasFigures(const json& figures) {
  return !figures.contains("refused") && !figures.contains("failed");
}

std::vector<Row> Cases(const Plan& plan) {
  std::vector<Row> rows;
  const auto add = [&](const std::string& backend, int databases, int subscribers) {
    const auto same = [&](const Row& row) {
      return row.the_case.backend == backend && row.the_case.databases == databases &&
             row.the_case.subscribers == subscribers;
    };
    if (std::any_of(rows.begin(), rows.end(), same)) return;
    const IdleCase the_case{backend, databases, subscribers, plan.window_ms, plan.interval_ms};
    // The subjects stand side by side: what disturbs one is likely to disturb the other.
    for (const NamedSubject& subject : plan.subjects) {
      rows.push_back({subject, the_case, databases * subscribers == 1, {}, ""});
    }
  };
  for (const std::string& backend : plan.backends) {
    if (backend == "sleep") {
      const IdleCase once{backend, 1, 1, plan.window_ms, plan.interval_ms};
      rows.push_back({NamedSubject(), once, false, {}, ""});
      const IdleCase seldom{"sleep_100ms", 1, 1, plan.window_ms, 100};
      rows.push_back({NamedSubject(), seldom, false, {}, ""});
      continue;
    }
    for (const int subscribers : plan.subscribers) add(backend, 1, subscribers);
    for (const int databases : plan.databases) add(backend, databases, 1);
  }
  return rows;
}

// A subject may write on standard output as well: what is not an answer is passed over.
json NextAnswer(Child& child) {
  for (std::string line; child.ReadLine(&line);) {
    json answer = json::parse(line, nullptr, false);
    if (answer.is_object()) return answer;
  }
  return {{"failed", child.Problem()}};
}

json MeasureOpened(const Plan& plan, const std::string& folder, Child& child) {
  Child opener({"--opener-role", folder + "/0.db"}, plan.limit_ms);
  std::string answer;
  if (!opener.ReadLine(&answer)) Fail("the process that opens the database: " + opener.Problem());
  child.Finish();
  json figures = NextAnswer(child);
  opener.Finish();
  if (!opener.ReadLine(&answer)) Fail("the process that opens the database: " + opener.Problem());
  figures["opens_per_s"] = std::stod(answer);
  return figures;
}

void MeasureOnce(const Plan& plan, const std::string& folder, Row& row) {
  const IdleCase& the_case = row.the_case;
  Child child({"--watcher-role", row.subject.library, folder, the_case.backend,
               std::to_string(the_case.databases), std::to_string(the_case.subscribers),
               std::to_string(the_case.window_ms), std::to_string(the_case.interval_ms),
               row.opened ? "opened" : "quiet"},
              plan.limit_ms);
  json figures = NextAnswer(child);
  if (row.opened && HasFigures(figures)) figures["opened"] = MeasureOpened(plan, folder, child);
  row.rounds.push_back(std::move(figures));
  const std::vector<std::string> lines = child.ErrorLines();
  if (row.first_stderr_line.empty() && !lines.empty()) row.first_stderr_line = lines.front();
}

// Of the rounds that have it; null where none has.
json Median(const std::vector<json>& rounds, const char* figure) {
  std::vector<double> values;
  for (const json& round : rounds) {
    if (round.contains(figure)) values.push_back(round.at(figure).get<double>());
  }
  if (values.empty()) return nullptr;
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// What the rounds come to: a refusal or a failure of one is that of all.
json Summary(const std::vector<json>& rounds, int window_ms, const std::string& folder) {
  json figures = json::object();
  double lines = 0;
  for (const json& round : rounds) {
    for (const char* no_figures : {"refused", "failed"}) {
      if (round.contains(no_figures)) return {{no_figures, Without(folder, round[no_figures])}};
    }
    lines += round.at("stderr_lines").get<double>();
  }
  for (const char* figure : {"cpu_ms_per_s", "wakeups_per_s", "wakes_per_s", "cpu_us_per_look",
                             "threads", "descriptors", "opens_per_s"}) {
    const json median = Median(rounds, figure);
    if (!median.is_null()) figures[figure] = median;
  }
  figures["stderr_lines_per_s"] = lines * 1e3 / window_ms / static_cast<double>(rounds.size());
  return figures;
}

json Figures(const Row& row, const std::string& folder) {
  json figures = Summary(row.rounds, row.the_case.window_ms, folder);
  if (row.opened && HasFigures(figures)) {
    std::vector<json> opened;
    for (const json& round : row.rounds) opened.push_back(round.at("opened"));
    figures["opened"] = Summary(opened, row.the_case.window_ms, folder);
  }
  figures.update({{"subject", row.subject.name},
                  {"backend", row.the_case.backend},
                  {"databases", row.the_case.databases},
                  {"subscribers", row.the_case.subscribers}});
  if (!row.first_stderr_line.empty()) {
    figures["first_stderr_line"] = Without(folder, row.first_stderr_line);
  }
  return figures;
}

int Main(int argc, char** argv) {
  if (argc == 10 && std::strcmp(argv[1], "--watcher-role") == 0) {
    return RunIdleWatcher(
        argv[2], argv[3],
        {argv[4], std::stoi(argv[5]), std::stoi(argv[6]), std::stoi(argv[7]), std::stoi(argv[8])},
        std::strcmp(argv[9], "opened") == 0);
  }
  if (argc == 3 && std::strcmp(argv[1], "--opener-role") == 0) return RunIdleOpener(argv[2]);
  Plan plan;
  ParseOptions(argc, argv, "What watchers cost while nothing happens, as JSON.",
               "  bench_idle_cost --out idle.json\n"
               "  bench_idle_cost --backend polling,shm --databases 1,100 --rounds 1\n"
               "  bench_idle_cost --subject one=./libone_ext.so --subject two=./libtwo_ext.so",
               {{"--subject", &plan.subjects, "extension library to measure, once for each"},
                {"--dir", &plan.dir, "where databases are made and removed"},
                {"--out", &plan.out, "file for the JSON, - for standard output"},
                {"--backend", &plan.backends, "backends, separated by commas"},
                {"--subscribers", &plan.subscribers, "numbers of subscribers of one database"},
                {"--databases", &plan.databases, "numbers of databases with one subscriber each"},
                {"--rounds", &plan.rounds, "how often all cases are measured, in turn"},
                {"--window-ms", &plan.window_ms, "how long each is measured"},
                {"--interval-ms", &plan.interval_ms, "interval asked of the watchers"},
                {"--limit-ms", &plan.limit_ms, "a silent subject is given up after that"}});
  const Scratch scratch(plan.dir);
  const int most = *std::max_element(plan.databases.begin(), plan.databases.end());
  std::vector<Db> open;
  for (int i = 0; i < most; ++i) {
    open.push_back(MakeDb(scratch.Path(std::to_string(i) + ".db"), "wal"));
  }
  std::vector<Row> rows = Cases(plan);
  for (int round = 0; round < plan.rounds; ++round) {
    for (Row& row : rows) {
      if (row.rounds.empty() || HasFigures(row.rounds.back())) {
        MeasureOnce(plan, scratch.folder(), row);
      }
    }
    std::fprintf(stderr, "idle cost: round %d of %d\n", round + 1, plan.rounds);
  }
  json report = {{"sqlite", sqlite3_libversion()}, {"interval_ms", plan.interval_ms},
                 {"rounds", plan.rounds},          {"window_ms", plan.window_ms},
                 {"subjects", json::array()},      {"rows", json::array()}};
  for (const NamedSubject& subject : plan.subjects) report["subjects"].push_back(subject.name);
  for (const Row& row : rows) report["rows"].push_back(Figures(row, scratch.folder()));
  WriteOut(plan.out, report.dump(1) + "\n");
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::Main(argc, argv); }
