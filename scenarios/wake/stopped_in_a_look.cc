#include <optional>

#include "harness/oracle/wake_seen.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"
#include "scenarios/wake/stopped_watcher.h"
#include "scenarios/wake/suspension.h"

namespace scenarios::wake {
namespace {

constexpr int kCommits = 3;
// A writer that is kept out is to say so soon.
constexpr int64_t kBusyMs = 20;
// Looks come every millisecond; where none came for so long, none goes through SQLite's VFS.
constexpr int64_t kGateLimitMs = 3000;

// The lock that a look of the polling backend takes. The others take none while nothing is
// committed, so that it does not matter where they are stopped.
std::string LockOfALook(const Stage& stage) {
  if (stage.Axis("backend") != "polling") return "";
  return stage.Axis("journal") == "wal" ? "vfs.lock.shm" : "vfs.lock.db";
}

void HoldInALook(Stage& stage, Actor& watcher, faults::Gate& gate, const std::string& fault) {
  watcher.Do("exec", Value::MakeObject({{"conn", "tools"},
                                        {"sql", "SELECT fault_arm(?1)"},
                                        {"bind", Value::MakeArray().Append(fault)}}));
  const auto reached = AwaitAtGate(stage, gate, kGateLimitMs);
  if (!reached.ok()) {
    throw harness::CellEnd(harness::CellVerdict::kUnknown,
                           "no look came to the gate: " + reached.Message());
  }
}

void Run(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  Commit(writer, 1, 1);
  Actor& watcher = StartShimmed(stage, "watcher:1", "");
  // Nobody waits on this handle, so that nothing but the watcher itself reads.
  stage.Watch(watcher, Value::MakeObject({{"lazy", 1}}));
  const std::string lock = LockOfALook(stage);
  std::optional<faults::Gate> gate;
  std::string fault = "stop watcher:1";
  if (!lock.empty()) {
    gate.emplace(MakeGate(stage, "look"));
    fault = gate->FaultText("*", "at=" + lock + " when=after nth=1 once");
    HoldInALook(stage, watcher, *gate, fault);
  }
  int seq = 1;
  const auto patience = [&](int64_t ms) {
    writer.Do("exec", Value::MakeObject({{"sql", "PRAGMA busy_timeout=" + std::to_string(ms)}}));
  };
  {
    const Suspension suspension(stage, watcher);
    stage.RecordLocks(watcher, "stopped");
    if (gate) Release(*gate);  // it would go on, if it could
    patience(kBusyMs);
    for (int i = 0; i < kCommits; ++i) Commit(writer, 1, ++seq);
    if (stage.Axis("journal") == "wal")
      (void)writer.Try("exec", Value::MakeObject({{"sql", "PRAGMA wal_checkpoint(TRUNCATE)"}}));
  }
  patience(60'000);
  stage.Watch(watcher, Value::MakeObject({{"first_sub", 1}}));
  for (int i = 0; i < kCommits; ++i) CommitAndAwait(writer, watcher, 1, ++seq);
}

}  // namespace

const Card stopped_in_a_look{
    .name = "wake/stopped_in_a_look",
    .claims = {"WAKE-STOPPED"},
    .situation =
        "The watching process is stopped in the middle of a look; in that of polling, when it has "
        "just got its lock. A writer with little patience commits meanwhile and, in WAL, "
        "checkpoints.",
    .expectation =
        "What it does to the writer is shown. When the process goes on it is over: every commit "
        "succeeds, and is seen.",
    .axes = {Backends(), {"journal", {"delete", "wal"}}, {"sync", {"normal"}}},
    .roles = {{"writer:1", "commits, busy timeout 20 ms while the watcher stands still"},
              {"watcher:1", "a handle on which nobody waits, then a subscriber"}},
    .faults = {"gate watcher:1 at=vfs.lock.* when=after", "stop watcher:1", "continue watcher:1"},
    .oracles = {{{"stopped_watcher", CheckStoppedWatcher}, "WAKE-STOPPED"},
                {{"wake_seen", harness::CheckWakeSeen}, "WAKE-STOPPED"}},
    .evidence =
        "polling: the look stood at a gate behind its lock when the process was stopped; commits "
        "that were tried meanwhile, and commits that were seen afterwards",
    .limits =
        "verified takes a lock for a moment after a commit in the rollback modes, and is not "
        "stopped in it.",
    .run = Run};

}  // namespace scenarios::wake
