// What each backend loses, and how late it is where others are slow: commits that are waited for
// one by one, over journal modes, synchronous levels and kinds of writers, with and without file
// events, and behind a writer that never pauses.
//
// The JSON: sqlite, limit_ms, busy_ms, and rows of {backend, journal, synchronous, writers}
// (bench/stepped_run.h says what the kinds of writers are) with one of
//   refused   the subject's sentence
//   failed    why there is no figure: the library, the process or the handle was lost
//   figures   commits, lost, and where any was seen p50_us, p99_us, max_us
//
// Not covered: a watcher process that is busy with something else; several watching processes.
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

#include "bench/stepped_run.h"
#include "bench/support/figures.h"
#include "bench/support/options.h"
#include "bench/support/program.h"

namespace bench {
namespace {

using nlohmann::json;

struct Plan {
  std::string library = BuildFolder() + "/libhonker_ext.so";
  std::string dir = BuildFolder();
  std::string out = "-";
  std::vector<std::string> backends = {"polling", "kernel", "shm", "verified"};
  std::vector<std::string> journals = {"delete", "truncate", "persist", "wal"};
  std::vector<std::string> levels = {"off", "normal", "full"};
  std::vector<std::string> writers = {"one", "four", "brief", "dropped", "busy"};
  int commits = 100'000;
  int others = 4'000;
  int dropped = 20;
  int busy_ms = 500;
  int limit_ms = 2'000;
};

// How many commits a run has. All runs of verified that lose no events have `commits` together,
// those of another backend `others`.
int CommitsOf(const Plan& plan, const SteppedCase& the_case) {
  if (the_case.writers == "dropped") return plan.dropped;
  const int all = the_case.backend == "verified" ? plan.commits : plan.others;
  const auto runs = static_cast<int>(plan.journals.size() * plan.levels.size() * 3);
  return (all + runs - 1) / runs;
}

// Events lost and writers without a pause are tried at one synchronous level, and the latter in the
// modes in which it can starve anybody.
bool IsTried(const SteppedCase& the_case) {
  const bool normal = the_case.synchronous == "normal";
  if (the_case.writers == "dropped") return normal && the_case.backend != "shm";
  return the_case.writers != "busy" || (normal && the_case.journal != "wal");
}

json Row(const Plan& plan, const std::string& folder, const SteppedCase& the_case) {
  json row = {{"backend", the_case.backend},
              {"journal", the_case.journal},
              {"synchronous", the_case.synchronous},
              {"writers", the_case.writers}};
  // Where nothing comes the whole limit is waited for: a fifth of it says as much.
  const int limit = the_case.writers == "dropped" || the_case.backend == "kernel"
                        ? plan.limit_ms / 5
                        : plan.limit_ms;
  SteppedResult result =
      RunStepped(plan.library, folder, the_case, CommitsOf(plan, the_case), plan.busy_ms, limit);
  if (!result.refusal.empty()) row["refused"] = Without(folder, result.refusal);
  if (!result.failure.empty()) row["failed"] = Without(folder, result.failure);
  if (!result.refusal.empty() || !result.failure.empty()) return row;
  row["commits"] = result.commits;
  row["lost"] = result.lost;
  if (result.wake_ns.empty()) return row;
  row["p50_us"] = PercentileUs(result.wake_ns, 0.5);
  row["p99_us"] = PercentileUs(result.wake_ns, 0.99);
  row["max_us"] = PercentileUs(result.wake_ns, 1);
  return row;
}

int Main(int argc, char** argv) {
  if (argc == 6 && std::strcmp(argv[1], "--watcher-role") == 0) {
    return RunSteppedWatcher(argv[2], argv[3], argv[4], argv[5]);
  }
  Plan plan;
  ParseOptions(argc, argv, "What each watcher backend loses and how late it is, as JSON.",
               "  bench_stepped --out stepped.json\n"
               "  bench_stepped --backend verified --journal wal --writers one,busy\n"
               "  bench_stepped --commits 1000 --others 500",
               {{"--subject", &plan.library, "extension library to measure"},
                {"--dir", &plan.dir, "where databases are made and removed"},
                {"--out", &plan.out, "file for the JSON, - for standard output"},
                {"--backend", &plan.backends, "backends, separated by commas"},
                {"--journal", &plan.journals, "journal modes"},
                {"--synchronous", &plan.levels, "synchronous levels"},
                {"--writers", &plan.writers, "kinds of writers"},
                {"--commits", &plan.commits, "commits of verified over all runs"},
                {"--others", &plan.others, "commits of each other backend over all runs"},
                {"--dropped", &plan.dropped, "commits of a run without events"},
                {"--busy-ms", &plan.busy_ms, "how long a writer without a pause writes"},
                {"--limit-ms", &plan.limit_ms, "what is not seen after that is lost"}});
  const Scratch scratch(plan.dir);
  json rows = json::array();
  for (const std::string& journal : plan.journals) {
    for (const std::string& level : plan.levels) {
      for (const std::string& writers : plan.writers) {
        for (const std::string& backend : plan.backends) {
          const SteppedCase the_case{backend, journal, level, writers};
          if (IsTried(the_case)) rows.push_back(Row(plan, scratch.folder(), the_case));
        }
      }
      std::fprintf(stderr, "stepped: %s %s\n", journal.c_str(), level.c_str());
    }
  }
  const json report = {{"sqlite", sqlite3_libversion()},
                       {"limit_ms", plan.limit_ms},
                       {"busy_ms", plan.busy_ms},
                       {"rows", rows}};
  WriteOut(plan.out, report.dump(1) + "\n");
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::Main(argc, argv); }
