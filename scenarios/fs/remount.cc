#include <filesystem>

#include "harness/oracle/swap_death.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::fs {
namespace {

void Run(Stage& stage) {
  const bool below = stage.Axis("how") == "taken_away";
  if (stage.environment().subject.abi && below) {
    MakeDatabase(stage, stage.Db());  // what shows again in the end
    stage.MountFault("mount db fs=tmpfs");
  }
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1", Value::MakeObject({{"subscribers", 2}}));
  CommitAndAwait(writer, watcher, 1, 1);
  if (below) {
    stage.MountFault("unmount db");
  } else {
    // The replacement comes with the mount: it is the folder below an overlay.
    const std::string other = stage.File("other");
    std::filesystem::create_directory(other);
    MakeDatabase(stage, other + "/app.db");
    stage.MountFault("mount db fs=overlay", other);
  }
  watcher.Do("await_death");
}

}  // namespace

const Card remount{
    .name = "fs/remount",
    .claims = {"SWAP-DEATH"},
    .situation =
        "Another database appears at the path because the file system does: the mount that it lies "
        "on is taken away lazily and one below shows again, or something is mounted over it.",
    .expectation = "Every subscriber learns it, with both identities on stderr.",
    .axes = {Backends(), Journals({"delete", "wal"}), {"how", {"taken_away", "mounted_over"}}},
    .roles = {{"writer:1", "has the old file open"}, {"watcher:1", "two subscribers"}},
    .faults = {"mount db fs=tmpfs", "unmount db", "mount db fs=overlay"},
    .oracles = {{{"swap_death", harness::CheckSwapDeath}, "SWAP-DEATH"}},
    .evidence = "the fault, with identities that differ; the end of each wait",
    .limits = "The old file system lives on for who has files open, as after umount -l.",
    .run = Run};

}  // namespace scenarios::fs
