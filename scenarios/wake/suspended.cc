#include <csignal>

#include "harness/oracle/wake_seen.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

constexpr int kRounds = 3;
constexpr int kCommits = 5;

// Stands still while it lives.
class Suspension {
 public:
  Suspension(Stage& stage, Actor& actor) : stage_(stage), actor_(actor) {
    stage_.Signal(actor_, SIGSTOP);
  }
  ~Suspension() { stage_.Signal(actor_, SIGCONT); }
  Suspension(const Suspension&) = delete;
  Suspension& operator=(const Suspension&) = delete;

 private:
  Stage& stage_;
  Actor& actor_;
};

// The watcher stands still while others commit, once and in bursts.
void SuspendWatcher(Stage& stage, Actor& writer, Actor& watcher) {
  int seq = 1;
  for (int round = 0; round < kRounds; ++round) {
    {
      const Suspension suspension(stage, watcher);
      for (int i = 0; i < kCommits; ++i) Commit(writer, 1, ++seq);
    }
    watcher.Do("await", Marks(1, seq));
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
