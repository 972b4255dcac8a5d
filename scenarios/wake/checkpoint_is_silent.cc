#include "harness/oracle/wake_silence.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

void Run(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1");
  for (int seq = 1; seq <= 5; ++seq) CommitAndAwait(writer, watcher, 1, seq);
  stage.Window(stage.Axis("mode"), watcher, [&] {
    writer.Do("exec",
              Value::MakeObject({{"sql", "PRAGMA wal_checkpoint(" + stage.Axis("mode") + ")"}}));
  });
  CommitAndAwait(writer, watcher, 1, 6);
}

}  // namespace

const Card checkpoint_is_silent{
    .name = "wake/checkpoint_is_silent",
    .claims = {"WAKE-QUIET"},
    .situation = "A WAL with frames is checkpointed by the writer, in each of the four modes.",
    .expectation =
        "No wake: a checkpoint commits nothing. The next commit, which may restart the WAL, wakes.",
    .axes = {Backends(), Journals({"wal"}), {"mode", {"passive", "full", "restart", "truncate"}}},
    .roles = {{"writer:1", "commits, checkpoints, commits the sentinel"},
              {"watcher:1", "one subscriber"}},
    .faults = {"none"},
    .oracles = {{{"wake_silence", harness::CheckWakeSilence}, "WAKE-QUIET"}},
    .evidence =
        "a quiesce inside the window that ended quiet, and a sentinel commit after it that was "
        "seen",
    .limits = "The checkpoint runs on the writer's own connection.",
    .run = Run};

}  // namespace scenarios::wake
