#include "harness/oracle/wake_silence.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

void Run(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1");
  for (int seq = 1; seq <= 3; ++seq) CommitAndAwait(writer, watcher, 1, seq);
  const bool restart = stage.Axis("rollback") == "spilled_on_restart";
  if (restart) {
    // All frames are in the database now: the next frame that is written starts the WAL anew.
    writer.Do("exec", Value::MakeObject({{"sql", "PRAGMA wal_checkpoint(FULL)"}}));
  }
  const std::string kind = restart ? "spilled" : stage.Axis("rollback");
  stage.Window(stage.Axis("rollback"), watcher, [&] {
    writer.Do("rollback", Value::MakeObject({{"kind", kind}}));
  });
  CommitAndAwait(writer, watcher, 1, 4);
}

}  // namespace

const Card rollback_is_silent{
    .name = "wake/rollback_is_silent",
    .claims = {"WAKE-ROLLBACK"},
    .situation =
        "Work is written and rolled back: a transaction, a savepoint inside one, one so large that "
        "it spilled into the file or the WAL before it was undone, and one whose spill restarts "
        "the "
        "WAL.",
    .expectation = "No wake of its own.",
    .axes = {Backends(),
             Journals({"delete", "truncate", "persist", "wal"}, {"memory"}),
             {"rollback",
              {"plain", "savepoint", "spilled", "spilled_on_restart"},
              {"plain", "spilled", "spilled_on_restart"}}},
    .roles = {{"writer:1", "rolls back, then commits the sentinel"},
              {"watcher:1", "one subscriber"}},
    .faults = {"none"},
    .oracles = {{{"wake_silence", harness::CheckWakeSilence}, "WAKE-ROLLBACK"}},
    .evidence =
        "a quiesce inside the window that ended quiet, and a sentinel commit after it that was "
        "seen",
    .limits =
        "Kernel events of the writing are counted, not judged: they are documented as spurious. A "
        "savepoint undone in a transaction that is then committed: "
        "wake/undone_savepoint_is_silent.",
    .run = Run};

}  // namespace scenarios::wake
