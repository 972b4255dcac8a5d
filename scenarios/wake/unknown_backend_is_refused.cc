#include "harness/oracle/refusal.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

void Run(Stage& stage) {
  if (!stage.environment().subject.abi) stage.Absent("watcher C ABI");
  stage.StartWriter("writer:1");
  Actor& watcher = stage.Start("watcher:1");
  watcher.Do("watch", Value::MakeObject({{"path", stage.Db()}, {"backend", stage.Axis("name")}}));
}

}  // namespace

const Card unknown_backend_is_refused{
    .name = "wake/unknown_backend_is_refused",
    .claims = {"WAKE-REFUSE"},
    .situation =
        "Backend names that nobody documents are asked for: a typing error, another case, blanks.",
    .expectation = "Refused at open, in a sentence that lists the valid names.",
    .axes = {Journals({"delete", "wal"}), {"name", {"pollng", "SHM", "inotify", "kernel "}}},
    .roles = {{"watcher:1", "asks for a handle"},
              {"writer:1", "commits, to see whether an open handle lives"}},
    .faults = {"none"},
    .oracles = {{{"refusal", harness::CheckRefusal},
                 "WAKE-REFUSE",
                 Value::MakeObject({{"expect", "refused"}, {"mention", "polling"}})}},
    .evidence = "the answer of open",
    .limits = "Names that are documented as synonyms are not tried here.",
    .run = Run};

}  // namespace scenarios::wake
