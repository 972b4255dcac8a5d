#include "harness/oracle/swap_death.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::swap {
namespace {

void Run(Stage& stage) {
  MakeDatabase(stage, stage.Db());
  const std::string replacement = stage.File("replacement.db");
  MakeDatabase(stage, replacement);
  // No connection of the application stays open, and none of the watcher's where its backend needs
  // none.
  Actor& watcher = stage.StartWatcher("watcher:1", Value::MakeObject({{"fresh", true}}));
  const bool reused =
      FileFault(stage, "swap db by=unlink_recreate reuse_inode=yes", {.replacement = replacement})
          .inode_reused;
  const Value end =
      watcher.Do("await_death", Value::MakeObject({{"limit_ms", reused ? 1000 : 10'000}}));
  if (reused) {
    throw harness::CellEnd(harness::CellVerdict::kCounted,
                           "the inode number was given out again; the watcher's end: " +
                               end["subs"].items()[0]["result"].Text());
  }
}

}  // namespace

const Card inode_reused{
    .name = "swap/inode_reused",
    .claims = {"SWAP-DEATH"},
    .situation =
        "The database is unlinked and made anew with the inode number that the old file had, which "
        "some file "
        "systems give out again at once when nobody holds the old file open.",
    .expectation =
        "Measured, not judged, where the number was proved equal: the documented switch compares "
        "device "
        "and inode, so it cannot see this. Where the watcher holds the old file open the number is "
        "not "
        "free, and it must die.",
    .axes = {Backends(), Journals()},
    .roles = {{"watcher:1", "one subscriber, whose application keeps no connection"}},
    .faults = {"swap db by=unlink_recreate reuse_inode=yes"},
    .oracles = {{{"swap_death", harness::CheckSwapDeath}, "SWAP-DEATH"}},
    .evidence = "both identities of the database, equal or not",
    .limits =
        "Whether a number is given out again is the file system's affair; ext4 does, tmpfs and "
        "btrfs do not.",
    .run = Run};

}  // namespace scenarios::swap
