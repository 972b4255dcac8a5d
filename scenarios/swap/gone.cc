#include "harness/oracle/swap_death.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::swap {
namespace {

void Run(Stage& stage) {
  const std::string& how = stage.Axis("how");
  stage.PutDb("live/app.db");
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1");
  CommitAndAwait(writer, watcher, 1, 1);
  if (stage.Axis("holder") == "no") stage.Quit(writer);
  if (how == "removed") FileFault(stage, "remove db");
  if (how == "removed_alone") FileFault(stage, "remove db keep=wal,shm,journal");
  if (how == "moved_away")
    FileFault(stage, "swap db by=move_away", {.parked = stage.File("live/parked.db")});
  if (how == "directory")
    FileFault(stage, "swap db by=rename_directory", {.parked = stage.File("parked")});
  watcher.Do("await_death");
  for (int late = 1; late <= 2; ++late) {
    watcher.Do("watch", Value::MakeObject({{"path", stage.Db()},
                                           {"backend", stage.Axis("backend")},
                                           {"fresh", true},
                                           {"first_sub", late * 10}}));
    watcher.Do("await_death");
  }
}

}  // namespace

const Card gone{
    .name = "swap/gone",
    .claims = {"SWAP-GONE"},
    .situation =
        "The database file is removed, with its sidecars or alone, or moved away, or its directory "
        "is renamed, and nothing comes in its place; then others subscribe, while the dead handle "
        "is still open.",
    .expectation =
        "Each subscriber learns it, and those that come later do; stderr names the identity that "
        "is "
        "gone.",
    .axes = {Backends(),
             Journals(),
             {.name = "how",
              .values = {"removed", "directory"},
              .full = {"removed_alone", "moved_away"}},
             {"holder", {"yes", "no"}, {"yes"}}},
    .roles = {{"writer:1", "has the old file open, or had"}, {"watcher:1", "one subscriber"}},
    .faults = {"remove db", "remove db keep=wal,shm,journal", "swap db by=move_away",
               "swap db by=rename_directory"},
    .oracles = {{{"swap_death", harness::CheckSwapDeath},
                 "SWAP-GONE",
                 Value::MakeObject({{"later", true}})}},
    .evidence = "the fault, after which no file has the name; the end of each wait",
    .limits = "Subscribers have a connection to the old file themselves, as applications do.",
    .run = Run};

}  // namespace scenarios::swap
