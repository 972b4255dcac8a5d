#include "harness/oracle/no_harm.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

constexpr int kBurst = 150;

Value Burst(int from) {
  return Value::MakeObject({{"writer", 1}, {"from", from}, {"count", kBurst}});
}

Value Sql(const std::string& sql, const std::string& connection = "c") {
  return Value::MakeObject({{"sql", sql}, {"conn", connection}});
}

void Run(Stage& stage) {
  const bool wal = stage.Axis("journal") == "wal";
  Actor& writer = stage.StartWriter("writer:1");
  writer.Do("burst", Burst(1));
  // The watching process is an application: it has a transaction of its own open on the same file,
  // and had it before the watcher came.
  Actor& watcher = stage.Start("watcher:1");
  watcher.Do("open", Value::MakeObject({{"path", stage.Db()}, {"conn", "app"}}));
  watcher.Do("exec", Sql("BEGIN", "app"));
  watcher.Do("exec", Sql("SELECT * FROM harness_marks", "app"));
  stage.RecordLocks(watcher, "before");
  stage.Watch(watcher);
  watcher.Do("quiesce");  // the watcher looks, while the application's lock is there
  if (wal) CommitAndAwait(writer, watcher, 1, kBurst + 1);
  stage.RecordLocks(watcher, "after");
  watcher.Do("exec", Sql("COMMIT", "app"));
  writer.Do("burst", Burst(kBurst + 2));
  watcher.Do("await", Marks(1, 2 * kBurst + 1));
}

}  // namespace

const Card watching_is_harmless{
    .name = "wake/watching_is_harmless",
    .claims = {"WAKE-HARMLESS", "LOCKS-KEPT"},
    .situation =
        "The same burst of commits with and without a watcher, whose process holds a read "
        "transaction of "
        "its own for a while.",
    .expectation =
        "No commit of a writer with a busy timeout fails, the application's locks are still there "
        "after "
        "the watcher has looked.",
    .axes = {Backends(), Journals()},
    .roles = {{"writer:1", "commits in bursts, busy timeout 60 s"},
              {"watcher:1", "watches, and is an application with a lock"}},
    .faults = {"none"},
    .oracles = {{{"no_harm", harness::CheckNoHarm}, "WAKE-HARMLESS"},
                {{"no_harm", harness::CheckNoHarm}, "LOCKS-KEPT"}},
    .evidence = "commits with and without the watcher, and at least one lock before it looked",
    .limits = "Locks are compared at one point, not after every op.",
    .run = Run};

}  // namespace scenarios::wake
