#include "harness/oracle/aftermath.h"
#include "scenarios/index.h"
#include "scenarios/swap/later_commits.h"

namespace scenarios::swap {
namespace {

void Run(Stage& stage) {
  const std::string& how = stage.Axis("how");
  stage.PutDb("live/app.db");
  const faults::FileTargets parked{.parked = stage.File("live/parked.db")};
  const std::string stranger = stage.File("stranger.db");
  if (how == "stranger") MakeDatabase(stage, stranger);
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1");
  CommitAndAwait(writer, watcher, 1, 1);
  if (how == "directory") {
    FileFault(stage, "swap db by=rename_directory", {.parked = stage.File("parked")});
    // Back by the same kind of fault, from where the directory is now.
    FileFault(stage, "swap db by=rename_directory",
              {.database = stage.File("parked/app.db"), .parked = stage.File("live")});
  } else {
    FileFault(stage, "swap db by=move_away", parked);
    if (how == "stranger") {
      // Another database has the name for a moment.
      FileFault(stage, "swap db by=move_back", {.parked = stranger});
      FileFault(stage, "swap db by=move_away", {.parked = stranger});
    }
    FileFault(stage, "swap db by=move_back", parked);
  }
  AwaitAndCommitAnew(stage, watcher);
}

}  // namespace

const Card gone_and_back{
    .name = "swap/gone_and_back",
    .claims = {"SWAP-GONE"},
    .situation =
        "The database file, or its directory, is renamed away and back, as fast as two calls can "
        "be: mostly within one look of a watcher; or another database has the name in between. "
        "Then "
        "a new process opens it and commits.",
    .expectation =
        "Who noticed has died and says so; who did not goes on and hears what is committed "
        "afterwards. Never silence.",
    .axes = {Backends(), Journals(), {"how", {"file", "directory", "stranger"}, {"file"}}},
    .roles = {{"writer:1", "has the file open all the time"},
              {"watcher:1", "one subscriber"},
              {"writer:9", "opens the database anew, and commits"}},
    .faults = {"swap db by=move_away", "swap db by=move_back", "swap db by=rename_directory"},
    .oracles = {{{"aftermath", harness::CheckAftermath},
                 "SWAP-GONE",
                 Value::MakeObject({{"may_die", true}})}},
    .evidence = "both faults; the end of the wait for commits after them",
    .limits = "Whether a look falls between the two renames is up to the scheduler.",
    .run = Run};

}  // namespace scenarios::swap
