#include "harness/oracle/wake_silence.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

void Run(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1");
  for (int seq = 1; seq <= 3; ++seq) CommitAndAwait(writer, watcher, 1, seq);
  stage.Window("undone", watcher, [&] {
    writer.Do("rollback", Value::MakeObject({{"kind", "savepoint_committed"}}));
  });
  CommitAndAwait(writer, watcher, 1, 4);
}

}  // namespace

const Card undone_savepoint_is_silent{
    .name = "wake/undone_savepoint_is_silent",
    .claims = {"WAKE-ROLLBACK"},
    .situation =
        "A savepoint with all that its transaction wrote is undone by ROLLBACK TO, and the "
        "transaction is committed.",
    .expectation = "No wake of its own: as documented for polling and shm.",
    .axes = {Backends({"polling", "shm"}),
             Journals({"delete", "truncate", "persist", "wal", "memory"})},
    .roles = {{"writer:1", "undoes, commits, then commits the sentinel"},
              {"watcher:1", "one subscriber"}},
    .faults = {"none"},
    .oracles = {{{"wake_silence", harness::CheckWakeSilence}, "WAKE-ROLLBACK"}},
    .evidence =
        "a quiesce inside the window that ended quiet, and a sentinel commit after it that was "
        "seen",
    .limits =
        "What such a COMMIT is to the backends that promise one wake for each: "
        "wake/unusual_commits_wake_once.",
    .run = Run};

}  // namespace scenarios::wake
