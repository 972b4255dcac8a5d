#include "harness/oracle/swap_death.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::swap {
namespace {

void Run(Stage& stage) {
  // Made first, under its own name: "next" takes the place of "live".
  stage.PutDb("next/app.db");
  MakeDatabase(stage, stage.Db());
  stage.PutDb("live/app.db");
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1", Value::MakeObject({{"subscribers", 2}}));
  CommitAndAwait(writer, watcher, 1, 1);
  FileFault(stage, "swap db by=rename_directory atomic=" + stage.Axis("atomic"),
            {.replacement_directory = stage.File("next"), .parked = stage.File("parked")});
  watcher.Do("await_death");
}

}  // namespace

const Card directory_replaced{
    .name = "swap/directory_replaced",
    .claims = {"SWAP-DEATH"},
    .situation =
        "The directory of the database is renamed away and another one, with another database of "
        "the same name in it, takes its place: in two steps, or in one (RENAME_EXCHANGE).",
    .expectation = "Every subscriber learns it, with both identities on stderr.",
    .axes = {Backends(), Journals(), {"atomic", {"no", "yes"}, {"yes"}}},
    .roles = {{"writer:1", "has the old file open"}, {"watcher:1", "two subscribers"}},
    .faults = {"swap db by=rename_directory atomic=no", "swap db by=rename_directory atomic=yes"},
    .oracles = {{{"swap_death", harness::CheckSwapDeath}, "SWAP-DEATH"}},
    .evidence = "the fault, with identities that differ; the end of each wait",
    .limits = "A mount over the directory stands elsewhere.",
    .run = Run};

}  // namespace scenarios::swap
