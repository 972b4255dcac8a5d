#include "harness/oracle/overtrigger.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

void Run(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1");
  writer.Do("commit", harness::Value::MakeObject({{"writer", 1}, {"seq", 1}}));
  if (stage.Axis("then") == "vacuum") {
    writer.Do("exec", harness::Value::MakeObject({{"sql", "VACUUM"}}));
  }
  // From here on nobody writes: what still wakes the subscriber is what its own reading does.
  watcher.Do("quiesce");
}

}  // namespace

const Card reading_is_silent{
    .name = "wake/reading_is_silent",
    .claims = {"WAKE-OVERTRIGGER"},
    .situation =
        "A commit, or a commit and a VACUUM, and then nothing more. A subscriber re-reads on each "
        "wake.",
    .expectation = "The wakes come to an end: a re-read does not bring the next wake for ever.",
    .axes = {Backends(), Journals(), {"then", {"nothing", "vacuum"}}},
    .roles = {{"writer:1", "writes, and falls silent"}, {"watcher:1", "one subscriber"}},
    .faults = {"none"},
    .oracles = {{{"overtrigger", harness::CheckOvertrigger}, "WAKE-OVERTRIGGER"}},
    .evidence = "a wake, and the proof of silence or a thousand wakes without news",
    .limits = "The subscriber keeps its connection open between re-reads.",
    .run = Run};

}  // namespace scenarios::wake
