#include <cerrno>

#include "faults/vfs/gate.h"
#include "harness/base/patience.h"
#include "harness/oracle/wake_seen.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

constexpr int kCommits = 3;
constexpr int64_t kGateLimitMs = 120'000;

void Run(Stage& stage) {
  // An unlucky writer would have to write the WAL's header too: the first commit is another one's.
  Actor& first = stage.StartWriter("writer:1");
  Commit(first, 1, 1);

  auto gate = faults::Gate::Create(stage.File(""), "commit");
  if (!gate.ok()) throw harness::CellEnd(harness::CellVerdict::kError, gate.Message());
  const std::string fault =
      gate.value().FaultText("writer:2", "at=vfs.sync.wal when=before always");
  Actor& held = stage.Start("writer:2", {{"FAULT_VFS", fault}});
  held.Do("load", Value::MakeObject({{"library", stage.environment().tools + "/libfault_vfs.so"}}));
  held.Do("open", Value::MakeObject({{"path", stage.Db()}, {"sync", "full"}}));

  Actor& watcher = stage.StartWatcher("watcher:1");
  for (int seq = 1; seq <= kCommits; ++seq) {
    const int64_t call = held.Begin("commit", Value::MakeObject({{"writer", 2}, {"seq", seq}}));
    stage.Fault(fault, [&]() -> std::string {
      harness::Patience patience(kGateLimitMs);
      while (true) {
        const auto reached = gate.value().WaitReached(std::chrono::seconds(1));
        if (reached.ok()) return "";
        if (reached.error().error != ETIMEDOUT || patience.IsOver(stage.Pids()))
          return "no commit came to the gate: " + reached.Message();
      }
    });
    ProveQuiet(watcher);  // whatever the writing told it, its consumer has re-read by now
    const faults::Status released = gate.value().Release();
    if (!released.ok()) throw harness::CellEnd(harness::CellVerdict::kError, released.Message());
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
