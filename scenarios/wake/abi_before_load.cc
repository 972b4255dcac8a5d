#include "harness/oracle/refusal.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

void Run(Stage& stage) {
  if (!stage.environment().subject.abi) stage.Absent("watcher C ABI");
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.Start("watcher:1");
  const Value watched = watcher.Do("watch", Value::MakeObject({{"path", stage.Db()},
                                                               {"backend", stage.Axis("backend")},
                                                               {"load_first", false}}));
  if (watched["outcome"].Text() == "opened") CommitAndAwait(writer, watcher, 1, 1);
}

}  // namespace

const Card abi_before_load{
    .name = "wake/abi_before_load",
    .claims = {"WAKE-REFUSE"},
    .situation =
        "The watcher C ABI is called in a process in which no connection has loaded the extension.",
    .expectation =
        "It works, or open refuses with a sentence that says what to do. Never a handle whose "
        "thread is dead.",
    .axes = {Backends(), Journals({"delete", "wal"})},
    .roles = {{"watcher:1", "asks for a handle"},
              {"writer:1", "commits, to see whether an open handle lives"}},
    .faults = {"none"},
    .oracles = {{{"refusal", harness::CheckRefusal},
                 "WAKE-REFUSE",
                 Value::MakeObject({{"expect", "either"}})}},
    .evidence = "the answer of open, and a commit that was seen where a handle was given",
    .limits = "The order the other way round is what every other scenario does.",
    .run = Run};

}  // namespace scenarios::wake
