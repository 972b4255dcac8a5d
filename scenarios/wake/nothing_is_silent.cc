#include "harness/oracle/wake_silence.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

constexpr int kRounds = 10;

void DoNothing(Stage& stage, Actor& writer) {
  const std::string& what = stage.Axis("what");
  if (what == "readers") {
    Actor& reader = stage.Start("reader:1");
    for (int i = 0; i < kRounds; ++i) {
      reader.Do("open", Value::MakeObject({{"path", stage.Db()}}));
      reader.Do("exec", Value::MakeObject({{"sql", "SELECT count(*) FROM harness_marks"}}));
      reader.Do("close");
    }
  } else if (what == "empty_transactions") {
    for (int i = 0; i < kRounds; ++i) {
      writer.Do("exec", Value::MakeObject({{"sql", "BEGIN IMMEDIATE"}}));
      writer.Do("exec", Value::MakeObject({{"sql", "COMMIT"}}));
    }
  } else if (what == "no_change") {
    for (int i = 0; i < kRounds; ++i) {
      writer.Do("exec", Value::MakeObject(
                            {{"sql", "UPDATE harness_marks SET seq = seq WHERE writer = -7"}}));
    }
  }
}

void Run(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1");
  CommitAndAwait(writer, watcher, 1, 1);
  stage.Window(stage.Axis("what"), watcher, [&] { DoNothing(stage, writer); });
  CommitAndAwait(writer, watcher, 1, 2);
}

}  // namespace

const Card nothing_is_silent{
    .name = "wake/nothing_is_silent",
    .claims = {"WAKE-QUIET"},
    .situation =
        "Nobody commits: the database is idle, is only read (by connections that come and go), or "
        "sees "
        "empty transactions and updates that change no row.",
    .expectation = "No wake, and the next commit wakes as ever.",
    .axes = {Backends(),
             Journals(),
             {"what",
              {"idle", "readers", "empty_transactions", "no_change"},
              {"idle", "no_change"}}},
    .roles = {{"writer:1", "does what changes nothing, then commits the sentinel"},
              {"reader:1", "reads"},
              {"watcher:1", "one subscriber"}},
    .faults = {"none"},
    .oracles = {{{"wake_silence", harness::CheckWakeSilence}, "WAKE-QUIET"}},
    .evidence =
        "a quiesce inside the window that ended quiet, and a sentinel commit after it that was "
        "seen",
    .limits = "Checkpoints have a card of their own.",
    .run = Run};

}  // namespace scenarios::wake
