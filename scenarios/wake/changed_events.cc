#include "harness/oracle/overtrigger.h"
#include "harness/oracle/wake_seen.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"
#include "scenarios/wake/event_faults.h"

namespace scenarios::wake {
namespace {

constexpr int kCommits = 5;

std::string FaultOf(const std::string& how) {
  const bool held = how == "delay" || how == "coalesce" || how == "reorder";
  return how + "_events watcher:1" + (held ? " for_ms=20" : "");
}

void Run(Stage& stage) {
  const std::string& how = stage.Axis("events");
  EventFaults faults(stage);
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.Start("watcher:1", faults.EnvironmentOf("watcher:1"));
  stage.Watch(watcher);
  faults.Set(FaultOf(how));
  for (int seq = 1; seq <= kCommits; ++seq) {
    Commit(writer, 1, seq);
    // While an event is held, silence is no answer.
    if (how == "delay" || how == "coalesce" || how == "reorder") faults.AwaitNothingHeld(watcher);
    watcher.Do("await", Marks(1, seq));
  }
  faults.RecordEvidence(stage.Axis("backend") == "kernel");
}

}  // namespace

const Card changed_events{
    .name = "wake/changed_events",
    .claims = {"WAKE-SEEN", "WAKE-OVERTRIGGER"},
    .situation =
        "Commits one at a time, while every file event reaches the watcher late, twice, once for "
        "several equal ones, "
        "behind its successor, or as the sentence that the queue ran over.",
    .expectation = "No event is dropped without a word, so every commit is seen, by kernel too.",
    .axes = {Backends(),
             Journals(),
             {"sync", {"normal"}},
             {"events",
              {"delay", "double", "coalesce", "reorder", "overflow"},
              {"delay", "overflow"}}},
    .roles = {{"writer:1", "commits"}, {"watcher:1", "one subscriber, under the preload library"}},
    .faults = {"delay_events watcher:1 for_ms=20", "double_events watcher:1",
               "coalesce_events watcher:1 for_ms=20", "reorder_events watcher:1 for_ms=20",
               "overflow_events watcher:1"},
    .oracles = {{{"wake_seen", harness::CheckWakeSeen}, "WAKE-SEEN"},
                {{"overtrigger", harness::CheckOvertrigger}, "WAKE-OVERTRIGGER"}},
    .evidence = "the ledger of the changed events, and the re-reads that saw each commit",
    .limits =
        "A late event is 20 ms late. The overflow is said and not real: wake/full_event_queue has "
        "a real one.",
    .run = Run};

}  // namespace scenarios::wake
