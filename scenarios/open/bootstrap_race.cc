#include "harness/oracle/all_succeed.h"
#include "scenarios/index.h"
#include "scenarios/open/racers.h"

namespace scenarios::open {
namespace {

void Run(Stage& stage) {
  if (!stage.environment().subject.HasFunction("honker_bootstrap"))
    stage.Absent("function honker_bootstrap");
  const std::string& journal = stage.Axis("journal");
  const bool converted_before = stage.Axis("conversion") == "before";
  Actor& maker = stage.Start("maker:1");
  Value made = Value::MakeObject({{"path", stage.Db()}, {"create", true}});
  if (converted_before) made.Set("journal", journal);
  maker.Do("open", made);
  if (converted_before)
    maker.Do("exec", Value::MakeObject({{"sql", "CREATE TABLE application_table(x)"}}));
  Value open = Value::MakeObject({{"path", stage.Db()}, {"busy_ms", 60'000}});
  if (!converted_before) open.Set("journal", journal).Set("insist", true);
  OpenAtOnce(stage, maker, std::stoi(stage.Axis("processes")), open);
}

}  // namespace

const Card bootstrap_race{
    .name = "open/bootstrap_race",
    .claims = {"OPEN-RACE"},
    .situation =
        "2, 8 or 32 processes load the extension on one fresh database and bootstrap it at the "
        "same moment, with a busy timeout of a minute. The file has been put into its journal "
        "mode before, or is empty and each of them asks for the mode first.",
    .expectation = "All succeed.",
    .axes = {Journals(),
             {"conversion", {"before", "in_the_race"}},
             {"processes", {"2", "8", "32"}, {"2", "8"}}},
    .roles = {{"maker:1", "makes the file, and holds its write lock until all have begun"},
              {"opener:N", "loads and bootstraps"}},
    .faults = {"none"},
    .oracles = {{{"all_succeed", harness::CheckAllSucceed},
                 "OPEN-RACE",
                 Value::MakeObject({{"op", "open_queue"}})}},
    .evidence = "calls that overlap in time",
    .limits =
        "SQLite does not call the busy handler for a conversion to WAL: in the race each process "
        "asks for the mode again while the answer is BUSY, as an application has to.",
    .run = Run};

}  // namespace scenarios::open
