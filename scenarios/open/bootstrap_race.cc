#include "harness/oracle/all_succeed.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::open {
namespace {

void Run(Stage& stage) {
  if (!stage.environment().subject.HasFunction("honker_bootstrap"))
    stage.Absent("function honker_bootstrap");
  const int count = std::stoi(stage.Axis("processes"));
  Actor& maker = stage.Start("maker:1");
  maker.Do("open",
           Value::MakeObject(
               {{"path", stage.Db()}, {"journal", stage.Axis("journal")}, {"create", true}}));
  maker.Do("exec", Value::MakeObject({{"sql", "CREATE TABLE application_table(x)"}}));
  // The maker holds the write lock until all of them have begun: they race from the moment it is
  // given up.
  maker.Do("exec", Value::MakeObject({{"sql", "BEGIN IMMEDIATE"}}));
  std::vector<Actor*> processes;
  for (int i = 1; i <= count; ++i) processes.push_back(&stage.Start("opener:" + std::to_string(i)));
  std::vector<int64_t> calls;
  for (Actor* process : processes)
    calls.push_back(process->Begin("open_queue",
                                   Value::MakeObject({{"path", stage.Db()}, {"busy_ms", 60'000}})));
  for (Actor* process : processes) stage.AwaitBegun(*process, "open_queue");
  maker.Do("exec", Value::MakeObject({{"sql", "COMMIT"}}));
  for (size_t i = 0; i < processes.size(); ++i) processes[i]->End(calls[i]);
}

}  // namespace

const Card bootstrap_race{
    .name = "open/bootstrap_race",
    .claims = {"OPEN-RACE"},
    .situation =
        "2, 8 or 32 processes load the extension on one fresh database and bootstrap it at the "
        "same moment, with a "
        "busy timeout of a minute.",
    .expectation = "All succeed.",
    .axes = {Journals(), {"processes", {"2", "8", "32"}, {"2", "8"}}},
    .roles = {{"maker:1", "makes an empty database in the journal mode"},
              {"opener:N", "loads and bootstraps"}},
    .faults = {"none"},
    .oracles = {{{"all_succeed", harness::CheckAllSucceed},
                 "OPEN-RACE",
                 Value::MakeObject({{"op", "open_queue"}})}},
    .evidence = "calls that overlap in time",
    .limits = "The conversion to WAL is done before: SQLite does not call the busy handler for it.",
    .run = Run};

}  // namespace scenarios::open
