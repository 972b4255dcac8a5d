#include "harness/oracle/watch_cost.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

constexpr int kRounds = 30;
constexpr int kSubscribers = 5;

void Run(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  Commit(writer, 1, 1);
  Actor& watcher =
      stage.StartWatcher("watcher:1", Value::MakeObject({{"subscribers", kSubscribers}}));
  CommitAndAwait(writer, watcher, 1, 2);
  const Value during = Value::MakeObject({{"during", stage.Axis("what")}});
  const auto come_and_go = [&] {
    stage.Watch(watcher, Value::MakeObject({{"first_sub", kSubscribers}, {"fresh", true}}));
    watcher.Do("unwatch", Value::MakeObject({{"subs", Value::MakeArray().Append(kSubscribers)}}));
  };
  // What is made once, and kept, is there before it is counted.
  come_and_go();
  watcher.Do("quiesce");
  watcher.Do("cost", during);
  if (stage.Axis("what") == "comings_and_goings") {
    for (int i = 0; i < kRounds; ++i) come_and_go();
  }
  for (int i = 0; i < 3; ++i) watcher.Do("quiesce");
  watcher.Do("cost", during);
  CommitAndAwait(writer, watcher, 1, 3);
}

}  // namespace

const Card cost{
    .name = "wake/cost",
    .claims = {"WAKE-COST"},
    .situation =
        "Nobody commits, and five subscribers of one process wait; or one more comes and goes, "
        "thirty times.",
    .expectation =
        "Wake-ups are in proportion to the time that passes, no descriptor and no thread is left "
        "over, and stderr is not flooded.",
    .axes = {Backends(), {"journal", {"delete", "wal"}}, {"what", {"idle", "comings_and_goings"}}},
    .roles = {{"writer:1", "commits before and after"}, {"watcher:1", "five subscribers"}},
    .faults = {"none"},
    .oracles = {{{"watch_cost", harness::CheckWatchCost}, "WAKE-COST"}},
    .evidence =
        "voluntary context switches, processor time and descriptors before and after, and a proof "
        "in between that the watcher looked",
    .limits =
        "Processor time is printed and not judged, but for a thread that never sleeps. While the "
        "database cannot be opened: wake/errors_are_told.",
    .run = Run};

}  // namespace scenarios::wake
