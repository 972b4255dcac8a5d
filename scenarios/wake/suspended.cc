#include "harness/oracle/wake_seen.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"
#include "scenarios/wake/suspension.h"

namespace scenarios::wake {
namespace {

constexpr int kRounds = 3;
constexpr int kCommits = 5;
constexpr int64_t kBusyMs = 200;

// The watcher stands still while others commit, once and in bursts. It is quiet when it is stopped,
// so that its consumer holds no lock; where a look holds one the writer is kept out, which is
// another claim (WAKE-STOPPED): that commit fails, soon, and is not waited for.
void SuspendWatcher(Stage& stage, Actor& writer, Actor& watcher) {
  const auto patience = [&](int64_t ms) {
    writer.Do("exec", Value::MakeObject({{"sql", "PRAGMA busy_timeout=" + std::to_string(ms)}}));
  };
  patience(kBusyMs);
  int seq = 1;
  int acknowledged = 0;
  for (int round = 0; round < kRounds; ++round) {
    ProveQuiet(watcher);
    int last = 0;
    {
      const Suspension suspension(stage, watcher);
      for (int i = 0; i < kCommits; ++i) {
        const Value mark = Value::MakeObject({{"writer", 1}, {"seq", ++seq}});
        if (!writer.Try("commit", mark).ok()) continue;
        last = seq;
        ++acknowledged;
      }
    }
    if (last != 0) watcher.Do("await", Marks(1, last));
  }
  patience(60'000);
  if (acknowledged == 0) {
    throw harness::CellEnd(harness::CellVerdict::kUnknown,
                           "no commit got through while the watcher stood still");
  }
}

// The writer stands still inside a transaction that shuts readers out, until looks met it.
void SuspendWriter(Stage& stage, Actor& writer, Actor& watcher) {
  for (int seq = 2; seq < 2 + kRounds; ++seq) {
    writer.Do("hold", Value::MakeObject({{"writer", 1}, {"seq", seq}}));
    {
      const Suspension suspension(stage, writer);
      // A consumer that was woken by the writing itself waits for the lock, and is not quiet.
      if (stage.Axis("backend") != "kernel") ProveQuiet(watcher);
    }
    writer.Do("commit", Value::MakeObject({{"writer", 1}, {"seq", seq}, {"held", true}}));
    watcher.Do("await", Marks(1, seq));
  }
}

void SuspendBoth(Stage& stage, Actor& writer, Actor& watcher) {
  for (int round = 0; round < kRounds; ++round) {
    const int from = 2 + round * kCommits;
    ProveQuiet(watcher);
    const int64_t call = writer.Begin(
        "burst", Value::MakeObject({{"writer", 1}, {"from", from}, {"count", kCommits}}));
    {
      const Suspension watcher_suspension(stage, watcher);
      const Suspension writer_suspension(stage, writer);
    }
    writer.End(call);
    watcher.Do("await", Marks(1, from + kCommits - 1));
  }
}

void Run(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1", Value::MakeObject({{"subscribers", 2}}));
  CommitAndAwait(writer, watcher, 1, 1);
  const std::string& who = stage.Axis("who");
  if (who == "watcher") SuspendWatcher(stage, writer, watcher);
  if (who == "writer") SuspendWriter(stage, writer, watcher);
  if (who == "both") SuspendBoth(stage, writer, watcher);
}

}  // namespace

const Card suspended{
    .name = "wake/suspended",
    .claims = {"WAKE-SUSPEND"},
    .situation =
        "The watching process is stopped (SIGSTOP, the stand-in for a machine that sleeps) while "
        "others commit, and continued; or the writer is, inside a transaction; or both.",
    .expectation = "What was committed meanwhile is seen after the continue.",
    .axes = {Backends(),
             {"journal", {"delete", "wal"}},
             {"sync", {"normal"}},
             {"who", {"watcher", "writer", "both"}}},
    .roles = {{"writer:1", "commits"}, {"watcher:1", "two subscribers"}},
    .faults = {"stop watcher:1", "continue watcher:1", "stop writer:1", "continue writer:1"},
    .oracles = {{{"wake_seen", harness::CheckWakeSeen}, "WAKE-SUSPEND"}},
    .evidence = "commits acknowledged while the watcher stood still, seen or proved missed",
    .limits =
        "Clocks go on while a process is stopped; that of a machine that sleeps (CLOCK_MONOTONIC) "
        "does not.",
    .run = Run};

}  // namespace scenarios::wake
