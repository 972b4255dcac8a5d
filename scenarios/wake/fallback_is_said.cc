#include "scenarios/index.h"
#include "scenarios/steps.h"
#include "scenarios/wake/no_silent_swap.h"

namespace scenarios::wake {
namespace {

void Run(Stage& stage) {
  if (!stage.environment().subject.abi) stage.Absent("watcher C ABI");
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.Start("watcher:1");
  const Value watched = watcher.Do(
      "watch", Value::MakeObject(
                   {{"path", stage.Db()}, {"backend", stage.Axis("backend")}, {"subscribers", 3}}));
  if (watched["outcome"].Text() != "opened") return;
  stage.RecordBackendEvidence(watcher);
  for (int seq = 1; seq <= 3; ++seq) CommitAndAwait(writer, watcher, 1, seq);
}

}  // namespace

const Card fallback_is_said{
    .name = "wake/fallback_is_said",
    .claims = {"WAKE-REFUSE"},
    .situation =
        "kernel and shm are asked for on a database in DELETE mode, of a subject that may have "
        "been built without "
        "them.",
    .expectation =
        "Built in, kernel works and shm declines. Not built in, both fall back to polling with one "
        "line on stderr. "
        "Never a silent swap.",
    .axes = {Backends({"kernel", "shm"}), {"mode", {"delete"}}},
    .roles = {{"writer:1", "commits"}, {"watcher:1", "three subscribers"}},
    .faults = {"none"},
    .oracles = {{{"no_silent_swap", CheckNoSilentSwap}, "WAKE-REFUSE"}},
    .evidence = "the answer of open, the lines on stderr, and the inotify watches of the process",
    .limits =
        "Whether a handle of the fall-back sees commits is shown by wake/every_commit_is_seen with "
        "that subject.",
    .run = Run};

}  // namespace scenarios::wake
