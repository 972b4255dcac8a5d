#include "harness/oracle/wake_once.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

void Run(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1");
  CommitAndAwait(writer, watcher, 1, 1);
  ProveQuiet(watcher);
  if (stage.Axis("commit") == "undone") {
    writer.Do("rollback", Value::MakeObject({{"kind", "savepoint_committed"}}));
  } else {
    const bool vacuum = stage.Axis("commit") == "vacuum";
    writer.Do("exec", Value::MakeObject({{"sql", vacuum ? "VACUUM" : "PRAGMA user_version = 7"}}));
  }
  ProveQuiet(watcher);
  CommitAndAwait(writer, watcher, 1, 2);
  ProveQuiet(watcher);
}

}  // namespace

const Card unusual_commits_wake_once{
    .name = "wake/unusual_commits_wake_once",
    .claims = {"WAKE-ONCE"},
    .situation =
        "What SQLite commits without a row being changed: a transaction whose savepoint was undone "
        "before, with all that it had written; VACUUM; a PRAGMA that writes the header.",
    .expectation =
        "Each is a commit to whoever watches, gives exactly one wake, and kills nobody; the commit "
        "after it gives one too.",
    .axes = {Backends(),
             Journals(),
             {.name = "commit", .values = {"undone", "vacuum"}, .full = {"user_version"}}},
    .roles = {{"writer:1", "commits"}, {"watcher:1", "one subscriber"}},
    .faults = {"none"},
    .oracles = {{{"wake_once", harness::CheckWakeOnce},
                 "WAKE-ONCE",
                 Value::MakeObject({{"also", Value::MakeArray().Append("rollback").Append("exec")},
                                    {"min_steps", 3}})}},
    .evidence = "a quiesce after each commit that ended quiet",
    .limits = "Documented for polling and verified; the wakes of the other backends are counted.",
    .run = Run};

}  // namespace scenarios::wake
