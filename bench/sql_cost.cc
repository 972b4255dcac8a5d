// What the SQL functions cost, beside the bare prepared statements on the same tables, indexes and
// PRAGMAs: WAL, synchronous NORMAL, everything else as SQLite has it.
//
// Each case is timed in windows of a fixed number of jobs, ours and bare in turn upon the same
// tables, which are brought back to what they were, and the WAL checkpointed, outside the windows.
// All cases are timed once a round, and the rounds repeated. Cases that grow are timed upon larger
// tables as well, in the same rounds; bare only where it has the index order on its side.
//
// The JSON: sqlite, rounds, and rows of {case, batch, kind, rows} (kind and number of the rows that
// were there already) with one of
//   absent    the function that is missing
//   figures   per_s and bare_per_s: jobs a second by the clock on the wall; cpu_us and bare_cpu_us:
//             CPU time of a job; lists with one figure for each round
//
// With --count, no times: the given case runs alone, --calls batches of it, inside one function,
// CountedCalls(), for a tool that counts instructions there (bench/instructions.py).
//
// Not covered: other journal modes, other payload sizes than about a hundred bytes, contention but
// for the producer and the consumer of the last case.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

#include "bench/end_to_end.h"
#include "bench/sql_cases.h"
#include "bench/support/options.h"
#include "bench/support/program.h"

namespace bench {
namespace {

using nlohmann::json;

struct Plan {
  std::string subject = BuildFolder() + "/libhonker_ext.so";
  std::string dir = BuildFolder();
  std::string out = "-";
  int rounds = 9;
  int most_rows = 1'000'000;
  int share = 1;
  std::string count;
  std::string side = "ours";
  int batch = 1;
  int calls = 200;
  int limit_ms = 60'000;
};

// A database with so many rows of one kind, besides a thousand that are due.
struct Population {
  std::string kind;
  int rows;
};

constexpr int kAlwaysDue = 1000;

std::vector<Population> Populations(int most_rows) {
  const auto at_most = [most_rows](int rows) { return std::min(rows, most_rows); };
  return {{"due", kAlwaysDue},
          {"due", at_most(1'000'000)},
          {"dead", at_most(1'000'000)},
          {"delayed", at_most(100'000)},
          {"in_flight", at_most(10'000)}};
}

Db MakePopulated(const std::string& path, const std::string& subject, const Population& upon) {
  Db db = OpenWithSubject(path, subject);
  Exec(db.get(), "SELECT honker_bootstrap()");
  Exec(db.get(), Populate("due", upon.kind == "due" ? upon.rows : kAlwaysDue));
  if (upon.kind != "due") Exec(db.get(), Populate(upon.kind, upon.rows));
  Exec(db.get(), Populate("events", 10'000));
  return db;
}

void Outside(sqlite3* db, const std::string& sql, int jobs) {
  if (!sql.empty()) {
    const Stmt statement = Prepare(db, sql);
    sqlite3_bind_int(statement.get(), 1, jobs);
    (void)StepInt(statement.get());
  }
  Exec(db, "PRAGMA wal_checkpoint(TRUNCATE)");
}

// What a first call prepares is not in it.
Speed Time(sqlite3* db, const SqlCase& the_case, const Work& work, int jobs) {
  Outside(db, the_case.feed, jobs + the_case.batch);
  work(the_case.batch);
  const int64_t from = NowNs();
  const int64_t cpu_from = ThreadCpuNs();
  work(jobs);
  const int64_t cpu_to = ThreadCpuNs();
  const int64_t to = NowNs();
  Outside(db, the_case.clean, jobs + the_case.batch);
  return {jobs * 1e9 / static_cast<double>(to - from),
          static_cast<double>(cpu_to - cpu_from) / 1e3 / jobs};
}

// One case upon one population.
struct Row {
  sqlite3* db;
  SqlCase the_case;
  Population upon;
  bool with_bare;
  std::vector<Speed> ours;
  std::vector<Speed> bare;
};

std::vector<Row> Rows(const std::vector<Db>& databases, const std::vector<Population>& upon) {
  std::vector<Row> rows;
  for (size_t i = 0; i < databases.size(); ++i) {
    for (SqlCase& the_case : SqlCases(databases[i].get())) {
      if (i > 0 && !the_case.grows) continue;
      rows.push_back(
          {databases[i].get(), std::move(the_case), upon[i], upon[i].kind == "due", {}, {}});
    }
  }
  return rows;
}

void Measure(const Plan& plan, int round, Row& row) {
  const SqlCase& the_case = row.the_case;
  if (the_case.ours == nullptr) return;
  const int batches = std::max(1, the_case.jobs / plan.share / the_case.batch);
  const int jobs = batches * the_case.batch;
  const auto ours = [&] { row.ours.push_back(Time(row.db, the_case, the_case.ours, jobs)); };
  const auto bare = [&] {
    if (row.with_bare && the_case.bare != nullptr) {
      row.bare.push_back(Time(row.db, the_case, the_case.bare, jobs));
    }
  };
  if (round % 2 == 0) ours();
  bare();
  if (round % 2 != 0) ours();
}

void AddFigures(json& figures, const std::string& prefix, const std::vector<Speed>& rounds) {
  if (rounds.empty()) return;
  for (const Speed& round : rounds) {
    figures[prefix + "per_s"].push_back(round.per_s);
    figures[prefix + "cpu_us"].push_back(round.cpu_us);
  }
}

json Figures(const std::string& name, int batch, const Population& upon,
             const std::vector<Speed>& ours, const std::vector<Speed>& bare) {
  json figures = {{"case", name}, {"batch", batch}, {"kind", upon.kind}, {"rows", upon.rows}};
  AddFigures(figures, "", ours);
  AddFigures(figures, "bare_", bare);
  return figures;
}

json Figures(const Row& row) {
  const SqlCase& the_case = row.the_case;
  json figures = Figures(the_case.name, the_case.batch, row.upon, row.ours, row.bare);
  if (the_case.ours == nullptr) figures["absent"] = the_case.function;
  return figures;
}

int Compare(const Plan& plan) {
  const Scratch scratch(plan.dir);
  const std::vector<Population> upon = Populations(plan.most_rows);
  std::vector<Db> databases;
  for (const Population& population : upon) {
    databases.push_back(MakePopulated(scratch.Path(std::to_string(databases.size()) + ".db"),
                                      plan.subject, population));
  }
  std::vector<Row> rows = Rows(databases, upon);
  EndToEnd end_to_end(scratch.Path("two.db"), plan.subject, 8000 / plan.share, plan.limit_ms);
  for (int round = 0; round < plan.rounds; ++round) {
    for (Row& row : rows) Measure(plan, round, row);
    end_to_end.Round();
    std::fprintf(stderr, "sql cost: round %d of %d\n", round + 1, plan.rounds);
  }
  json report = {
      {"sqlite", sqlite3_libversion()}, {"rounds", plan.rounds}, {"rows", json::array()}};
  for (const Row& row : rows) report["rows"].push_back(Figures(row));
  report["rows"].push_back(
      Figures("end to end", EndToEnd::kBatch, {"due", 0}, end_to_end.ours(), end_to_end.bare()));
  WriteOut(plan.out, report.dump(1) + "\n");
  return 0;
}

}  // namespace

// Named without parameters or overloads, and never inlined: it is found by its name.
extern "C" __attribute__((noinline)) void CountedCalls(const Work* work, int jobs) {
  (*work)(jobs);
  asm volatile("" ::: "memory");
}

namespace {

int Count(const Plan& plan) {
  const Scratch scratch(plan.dir);
  const Db db = MakePopulated(scratch.Path("counted.db"), plan.subject, {"due", kAlwaysDue});
  for (const SqlCase& the_case : SqlCases(db.get())) {
    if (the_case.name != plan.count || the_case.batch != plan.batch) continue;
    const Work& work = plan.side == "bare" ? the_case.bare : the_case.ours;
    if (work == nullptr) continue;
    const int jobs = plan.calls * the_case.batch;
    Outside(db.get(), the_case.feed, 2 * jobs);
    work(jobs);
    CountedCalls(&work, jobs);
    return 0;
  }
  Fail("there is no '" + plan.count + "' in batches of " + std::to_string(plan.batch) + " here", 3);
}

int Main(int argc, char** argv) {
  if (argc == 6 && std::strcmp(argv[1], "--producer-role") == 0) {
    return RunProducer(argv[2], argv[3], argv[4], std::atoi(argv[5]));
  }
  Plan plan;
  ParseOptions(argc, argv, "What the SQL functions cost beside bare prepared statements, as JSON.",
               "  bench_sql_cost --out sql_cost.json\n"
               "  bench_sql_cost --rounds 1 --share 10 --most-rows 10000\n"
               "  valgrind --tool=callgrind --toggle-collect=CountedCalls bench_sql_cost "
               "--count enqueue --side bare",
               {{"--subject", &plan.subject, "extension library to measure"},
                {"--dir", &plan.dir, "where databases are made and removed"},
                {"--out", &plan.out, "file for the JSON, - for standard output"},
                {"--rounds", &plan.rounds, "how often everything is timed, in turn"},
                {"--most-rows", &plan.most_rows, "no table gets more rows than that beforehand"},
                {"--share", &plan.share, "windows are shorter by that factor"},
                {"--count", &plan.count, "only run this case, untimed, for a tool that counts"},
                {"--batch", &plan.batch, "its batch"},
                {"--side", &plan.side, "ours or bare"},
                {"--calls", &plan.calls, "batches of it"},
                {"--limit-ms", &plan.limit_ms, "a silent producer is given up after that"}});
  return plan.count.empty() ? Compare(plan) : Count(plan);
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::Main(argc, argv); }
