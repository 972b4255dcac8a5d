#include "harness/oracle/wake_seen.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

constexpr int kWindows = 5;

void Run(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  // Inside the window a re-read can only meet BUSY: it gives up soon, so that the subscriber hears
  // what comes afterwards.
  Actor& watcher = stage.StartWatcher("watcher:1", Value::MakeObject({{"reread_busy_ms", 100}}));
  for (int seq = 1; seq <= kWindows; ++seq) {
    const Value mark = Value::MakeObject({{"writer", 1}, {"seq", seq}});
    writer.Do("hold", mark);
    ProveQuiet(watcher);  // the watcher has looked while the file was locked
    (void)writer.Try("commit", Value(mark).Set("held", true));
    watcher.Do("await", Marks(1, seq));
  }
}

}  // namespace

const Card busy_windows_lose_nothing{
    .name = "wake/busy_windows_lose_nothing",
    .claims = {"WAKE-BUSY"},
    .situation =
        "A writer holds the exclusive lock while the watcher looks several times, and then "
        "commits.",
    .expectation = "The wake is late by the window, and none is lost.",
    .axes = {Backends(), Journals()},
    .roles = {{"writer:1", "BEGIN EXCLUSIVE, a long pause, COMMIT"},
              {"watcher:1", "one subscriber"}},
    .faults = {"none"},
    .oracles = {{{"wake_seen", harness::CheckWakeSeen}, "WAKE-BUSY"}},
    .evidence =
        "the watcher looked while the lock was held, and each commit was seen or proved missed",
    .limits =
        "The window ends when the watcher has been awake three times; it is not minutes long.",
    .run = Run};

}  // namespace scenarios::wake
