#include "harness/oracle/wake_seen.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"
#include "scenarios/wake/event_faults.h"

namespace scenarios::wake {
namespace {

constexpr int kCommits = 6;
// Where only some are dropped, many commits are needed to see how many.
constexpr int kManyCommits = 200;

void Run(Stage& stage) {
  const std::string& p = stage.Axis("dropped");
  EventFaults faults(stage);
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.Start("watcher:1", faults.EnvironmentOf("watcher:1"));
  stage.Watch(watcher);
  CommitAndAwait(writer, watcher, 1, 1);  // before anything is dropped
  if (p != "0") faults.Set("drop_events watcher:1 p=" + p);
  const int last = 1 + (p == "1" ? kCommits : kManyCommits);
  for (int seq = 2; seq <= last; ++seq) CommitAndAwait(writer, watcher, 1, seq);
  faults.RecordEvidence(p != "0" && stage.Axis("backend") == "kernel");
}

}  // namespace

const Card dropped_events{
    .name = "wake/dropped_events",
    .claims = {"WAKE-DROPPED"},
    .situation =
        "Commits one at a time, while file events are lost on their way to the watcher: each with "
        "that probability, "
        "or all of them.",
    .expectation =
        "A backend that does not live on file events alone loses no commit. kernel is counted: how "
        "many of its commits "
        "no wake tells of, and how many in a row; with all events lost it is stale without bound.",
    .axes = {Backends(),
             Journals(),
             {"sync", {"normal"}},
             {"dropped", {"1"}, {}, {"0", "0.01", "0.1", "0.5"}}},
    .roles = {{"writer:1", "commits"}, {"watcher:1", "one subscriber, under the preload library"}},
    .faults = {"drop_events watcher:1 p=0.5"},
    .oracles = {{{"wake_seen", harness::CheckWakeSeen}, "WAKE-DROPPED"}},
    .evidence =
        "the ledger of the dropped events, and the re-reads that saw each commit or the proof of "
        "silence",
    .limits = "The events are dropped between the kernel and the program, not by the kernel.",
    .run = Run};

}  // namespace scenarios::wake
