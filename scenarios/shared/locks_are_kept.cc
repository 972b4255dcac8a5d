#include "harness/oracle/locks_kept.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::shared {
namespace {

constexpr int kProcesses = 3;

Value Burst(int writer, int64_t count) {
  return Value::MakeObject({{"writer", writer}, {"count", count}, {"look", true}});
}

void Run(Stage& stage) {
  const int64_t each = std::stoll(stage.Axis("transactions")) / kProcesses;
  Actor& first = stage.StartWriter("writer:1");
  Actor& second = stage.StartWriter("writer:2");
  // The watching process is an application, too: its own locks are those that a watcher in the same
  // process could take away.
  Actor& watcher = stage.StartWriter("watcher:1");
  stage.Watch(watcher, Value::MakeObject({{"subscribers", 2}}));
  const int64_t one = first.Begin("burst", Burst(1, each));
  const int64_t two = second.Begin("burst", Burst(2, each));
  watcher.Do("burst", Burst(3, each));
  for (const auto& [actor, call] : {std::pair{&first, one}, {&second, two}}) {
    const harness::ActorReply reply = actor->End(call);
    if (!reply.ok())
      throw harness::CellEnd(harness::CellVerdict::kError, "a burst: " + reply.value.Print());
  }
  ProveQuiet(watcher);
  watcher.Do("unwatch");
  Commit(watcher, 3, each + 1);
}

}  // namespace

const Card locks_are_kept{
    .name = "shared/locks_are_kept",
    .claims = {"LOCKS-KEPT"},
    .situation =
        "Three processes commit as fast as they can, one of them watches meanwhile. Each looks at "
        "its own locks in the middle of each of its transactions and after it; the runner looks at "
        "all of them after each op.",
    .expectation = "What SQLite believes to hold others see, always.",
    .axes = {Backends({"polling", "kernel", "shm", "verified"}),
             Journals(),
             {"transactions", {"300"}, {"300"}, {"9000"}}},
    .roles = {{"writer:1", "commits in a burst"},
              {"writer:2", "the same"},
              {"watcher:1", "the same, and two subscribers watch"}},
    .faults = {"none"},
    .oracles = {{{"locks_kept", harness::CheckLocksKept}, "LOCKS-KEPT"}},
    .evidence = "locks that were believed in while somebody looked",
    .limits =
        "Locks that are held for less than a call are judged only by the calls that release them: "
        "what was closed, and what the kernel showed before and after.",
    .run = Run};

}  // namespace scenarios::shared
