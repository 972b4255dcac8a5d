#include "harness/oracle/wake_seen.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

constexpr int kCommitRounds = 10;

void CommitsRightAway(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.Start("watcher:1");
  for (int seq = 1; seq <= kCommitRounds; ++seq) {
    stage.Watch(watcher);
    CommitAndAwait(writer, watcher, 1, seq);
    watcher.Do("unwatch");
  }
}

}  // namespace

const Card baseline_is_taken{
    .name = "wake/baseline_is_taken",
    .claims = {"WAKE-BASELINE"},
    .situation =
        "The moment open has returned, a commit follows; ten times, each with a fresh watcher.",
    .expectation = "The commit is seen: the baseline was taken before open returned.",
    .axes = {Backends(), Journals()},
    .roles = {{"writer:1", "commits as soon as the watcher is open"},
              {"watcher:1", "opens, waits, closes"}},
    .faults = {"none"},
    .oracles = {{{"wake_seen", harness::CheckWakeSeen}, "WAKE-BASELINE"}},
    .evidence = "each commit seen, or proved missed",
    .limits =
        "A replacement right after open has a card of its own, swap/replaced_right_after_open.",
    .run = CommitsRightAway};

}  // namespace scenarios::wake
