#include "harness/oracle/wake_once.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

constexpr int kCommits = 8;

void Run(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  if (stage.Axis("via") == "sql" &&
      !stage.environment().subject.HasFunction("honker_update_watcher_open")) {
    stage.Absent("function honker_update_watcher_open");
  }
  Actor& watcher = stage.StartWatcher("watcher:1", Value::MakeObject({{"via", stage.Axis("via")}}));
  for (int seq = 1; seq <= kCommits; ++seq) {
    CommitAndAwait(writer, watcher, 1, seq);
    watcher.Do("quiesce");
  }
}

}  // namespace

const Card one_wake_per_commit{
    .name = "wake/one_wake_per_commit",
    .claims = {"WAKE-ONCE"},
    .situation = "A writer commits; the next commit comes only after the watcher was proved quiet.",
    .expectation = "Each commit gives exactly one wake to each subscriber.",
    .axes = {Backends(),
             Journals({"delete", "truncate", "persist", "wal"}, {"memory", "off"}),
             {"via", {"abi", "sql"}, {"abi"}}},
    .roles = {{"writer:1", "commits marks, stepped"}, {"watcher:1", "one subscriber"}},
    .faults = {"none"},
    .oracles = {{{"wake_once", harness::CheckWakeOnce}, "WAKE-ONCE"}},
    .evidence = "a quiesce after each commit that ended quiet",
    .limits = "Documented for polling; the wakes of the other backends are counted.",
    .run = Run};

}  // namespace scenarios::wake
