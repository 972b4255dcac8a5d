#include "harness/oracle/refusal.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

void Run(Stage& stage) {
  if (!stage.environment().subject.abi) stage.Absent("watcher C ABI");
  stage.StartWriter("writer:1");
  Actor& watcher = stage.Start("watcher:1");
  watcher.Do("watch", Value::MakeObject({{"path", stage.Db()}, {"backend", "shm"}}));
}

}  // namespace

const Card shm_outside_wal_is_refused{
    .name = "wake/shm_outside_wal_is_refused",
    .claims = {"WAKE-REFUSE"},
    .situation = "The shm backend is asked for on a database that is not in WAL mode.",
    .expectation = "Refused at open, with the reason.",
    .axes = {Journals({"delete", "truncate", "persist", "memory", "off"})},
    .roles = {{"watcher:1", "asks for a handle"},
              {"writer:1", "commits, to see whether an open handle lives"}},
    .faults = {"none"},
    .oracles = {{{"refusal", harness::CheckRefusal},
                 "WAKE-REFUSE",
                 Value::MakeObject({{"expect", "refused"}, {"mention", "WAL"}})}},
    .evidence = "the answer of open",
    .limits = "A mode that changes after open is swap/mode_change.",
    .run = Run};

}  // namespace scenarios::wake
