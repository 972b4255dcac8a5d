#include "harness/oracle/refusal.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

void Run(Stage& stage) {
  if (!stage.environment().subject.abi) stage.Absent("watcher C ABI");
  Actor& watcher = stage.Start("watcher:1");
  const Value watched = watcher.Do(
      "watch", Value::MakeObject(
                   {{"path", stage.Db()}, {"backend", stage.Axis("backend")}, {"fresh", true}}));
  if (watched["outcome"].Text() != "opened") return;
  Actor& writer = stage.StartWriter("writer:1");
  Commit(writer, 1, 1);
  const Value first = watcher.Do("await", Marks(1, 1));
  // The making of the database may have woken it, and that re-read seen the commit: what a handle
  // that lives does with the next one decides.
  if (first["subs"].items().front()["result"].Text() == "seen") {
    CommitAndAwait(writer, watcher, 1, 2);
  }
}

}  // namespace

const Card missing_database_is_refused{
    .name = "wake/missing_database_is_refused",
    .claims = {"WAKE-REFUSE"},
    .situation =
        "A watcher is asked for on a database that does not exist; then the database is made and "
        "written.",
    .expectation =
        "Refused with a reason, or a handle that lives: it sees the commit that follows. Never a "
        "handle whose thread is dead.",
    .axes = {Backends(), Journals({"delete", "wal"})},
    .roles = {{"watcher:1", "asks for a handle"},
              {"writer:1", "commits, to see whether an open handle lives"}},
    .faults = {"none"},
    .oracles = {{{"refusal", harness::CheckRefusal},
                 "WAKE-REFUSE",
                 Value::MakeObject({{"expect", "either"}})}},
    .evidence = "the answer of open, and a commit that was seen where a handle was given",
    .limits = "Only a missing file; a missing folder is not tried.",
    .run = Run};

}  // namespace scenarios::wake
