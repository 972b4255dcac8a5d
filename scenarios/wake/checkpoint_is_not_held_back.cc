#include "harness/oracle/no_harm.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

constexpr int kCommits = 200;

void Run(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1", Value::MakeObject({{"subscribers", 3}}));
  writer.Do("burst", Value::MakeObject({{"writer", 1}, {"from", 1}, {"count", kCommits}}));
  watcher.Do("await", Marks(1, kCommits));
  watcher.Do("quiesce");  // no re-read of the application is under way
  writer.Do("exec", Value::MakeObject({{"sql", "PRAGMA wal_checkpoint(TRUNCATE)"}}));
}

}  // namespace

const Card checkpoint_is_not_held_back{
    .name = "wake/checkpoint_is_not_held_back",
    .claims = {"WAKE-HARMLESS"},
    .situation =
        "After a burst a writer asks for a TRUNCATE checkpoint, which needs every reader out of "
        "the way.",
    .expectation = "It completes: the watcher holds no read transaction between its looks.",
    .axes = {Backends(), Journals({"wal"})},
    .roles = {{"writer:1", "commits, then checkpoints"}, {"watcher:1", "three subscribers"}},
    .faults = {"none"},
    .oracles = {{{"no_harm", harness::CheckNoHarm},
                 "WAKE-HARMLESS",
                 Value::MakeObject({{"checkpoint", true}, {"locks", false}})}},
    .evidence = "the answer of the checkpoint: not busy, every frame moved",
    .limits = "The busy timeout lets a checkpoint wait for a look that is under way.",
    .run = Run};

}  // namespace scenarios::wake
