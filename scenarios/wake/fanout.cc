#include "harness/oracle/wake_seen.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"
#include "scenarios/wake/one_thread.h"

namespace scenarios::wake {
namespace {

constexpr int kCommits = 3;

// A subject may open a file-event instance for each handle; a user has 128 of them as Linux comes.
bool TakesManyInstances(const harness::Cell& cell) {
  return cell.Get("backend") == "kernel" && cell.Get("subscribers") == "100";
}

void Run(Stage& stage) {
  const int count = std::stoi(stage.Axis("subscribers"));
  Actor& writer = stage.StartWriter("writer:1");
  // One in ten never reads; it must not hold up the others.
  Actor& watcher = stage.StartWatcher(
      "watcher:1", Value::MakeObject({{"subscribers", count}, {"lazy", count / 10}}));
  int seq = 0;
  while (seq < kCommits) CommitAndAwait(writer, watcher, 1, ++seq);
  if (count > 1) {
    Value leaving = Value::MakeArray();
    for (int sub = 0; sub < count / 2; ++sub) leaving.Append(sub);
    watcher.Do("unwatch", Value::MakeObject({{"subs", leaving}}));
    while (seq < 2 * kCommits) CommitAndAwait(writer, watcher, 1, ++seq);
  }
  stage.Watch(watcher, Value::MakeObject({{"first_sub", count}}));
  while (seq < 3 * kCommits) CommitAndAwait(writer, watcher, 1, ++seq);
}

}  // namespace

const Card fanout{
    .name = "wake/fanout",
    .claims = {"WAKE-FANOUT"},
    .situation =
        "1, 10 or 100 subscribers in one process; one in ten never waits; half of them leave; one "
        "comes.",
    .expectation =
        "Each one that waits sees every commit, and one thread does the watching for all.",
    .axes = {Backends(),
             Journals(),
             {.name = "subscribers", .values = {"1", "100"}, .full = {"10"}}},
    .roles = {{"writer:1", "commits, stepped"}, {"watcher:1", "all subscribers"}},
    .faults = {"none"},
    .oracles = {{{"wake_seen", harness::CheckWakeSeen}, "WAKE-FANOUT"},
                {{"one_thread", CheckOneThread}, "WAKE-FANOUT"}},
    .evidence =
        "for each subscriber and commit a re-read that saw it, or the proof that nothing came",
    .limits = "Subscribers of one process; several processes have a watcher each.",
    .alone = TakesManyInstances,
    .run = Run};

}  // namespace scenarios::wake
