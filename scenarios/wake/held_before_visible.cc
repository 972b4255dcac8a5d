#include "harness/oracle/wake_seen.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

constexpr int kCommits = 3;

void Run(Stage& stage) {
  // An unlucky writer would have to write the WAL's header too: the first commit is another one's.
  Actor& first = stage.StartWriter("writer:1");
  Commit(first, 1, 1);

  faults::Gate gate = MakeGate(stage, "commit");
  const std::string fault = gate.FaultText("writer:2", "at=vfs.sync.wal when=before always");
  Actor& held = StartShimmed(stage, "writer:2", fault);
  held.Do("open", Value::MakeObject({{"path", stage.Db()}, {"sync", "full"}}));

  Actor& watcher = stage.StartWatcher("watcher:1");
  for (int seq = 1; seq <= kCommits; ++seq) {
    const int64_t call = held.Begin("commit", Value::MakeObject({{"writer", 2}, {"seq", seq}}));
    stage.Fault(fault, [&]() -> std::string {
      const auto reached = AwaitAtGate(stage, gate);
      return reached.ok() ? "" : "no commit came to the gate: " + reached.Message();
    });
    ProveQuiet(watcher);  // whatever the writing told it, its consumer has re-read by now
    Release(gate);
    held.End(call);
    watcher.Do("await", Marks(2, seq));
  }
}

}  // namespace

const Card held_before_visible{
    .name = "wake/held_before_visible",
    .claims = {"WAKE-SEEN"},
    .situation =
        "A commit is held between the writing of its frames and the moment it becomes visible (the "
        "sync of the "
        "WAL at synchronous FULL), until the consumer has re-read and is quiet; then it goes on.",
    .expectation = "A wake comes after the commit is visible, however long that takes.",
    .axes = {Backends(), Journals({"wal"}), SyncLevels({"full"})},
    .roles = {{"writer:1", "made the WAL"},
              {"writer:2", "commits, and is held each time"},
              {"watcher:1", "one subscriber"}},
    .faults = {"gate writer:2 at=vfs.sync.wal when=before always"},
    .oracles = {{{"wake_seen", harness::CheckWakeSeen}, "WAKE-SEEN"}},
    .evidence =
        "the writer stood at the gate, the watcher was quiet, and the commit was seen or proved "
        "missed",
    .limits =
        "The deterministic twin of wake/every_commit_is_seen in WAL: there the moment is "
        "microseconds at NORMAL and "
        "as long as a sync at FULL.",
    .run = Run};

}  // namespace scenarios::wake
