#include "harness/oracle/swap_death.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::swap {
namespace {

void Run(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1");
  CommitAndAwait(writer, watcher, 1, 1);
  if (stage.Axis("how") == "vacuum") {
    stage.Fault("vacuum db", [&]() -> std::string {
      const harness::ActorReply reply = writer.Try("exec", Value::MakeObject({{"sql", "VACUUM"}}));
      return reply.ok() ? "" : reply.value["message"].Text();
    });
  } else {
    const std::string into = stage.File("vacuumed.db");
    writer.Do("exec", Value::MakeObject({{"sql", "VACUUM INTO '" + into + "'"}}));
    FileFault(stage, "swap db by=rename_over keep=none", {.replacement = into});
  }
  // In place, device and inode stay: there is nothing that a later look could find. Ten times the
  // documented 200 ms, and the proof that the watcher looked after that.
  watcher.Do("await_death",
             Value::MakeObject({{"limit_ms", stage.Axis("how") == "vacuum" ? 2'000 : 10'000}}));
}

}  // namespace

const Card vacuum{
    .name = "swap/vacuum",
    .claims = {"SWAP-VACUUM"},
    .situation =
        "The database is vacuumed in place; or vacuumed into a new file that is renamed over it.",
    .expectation =
        "Documented: VACUUM replaces the file and kills the watcher, on all three backends.",
    .axes = {Backends(), Journals(), {"how", {"vacuum", "vacuum_into_rename"}}},
    .roles = {{"writer:1", "vacuums"}, {"watcher:1", "one subscriber"}},
    .faults = {"vacuum db", "swap db by=rename_over keep=none"},
    .oracles = {{{"swap_death", harness::CheckSwapDeath},
                 "SWAP-VACUUM",
                 Value::MakeObject({{"require_change", false}})}},
    .evidence =
        "the VACUUM went through; the end of the wait, or the proof that the watcher looked and "
        "was silent",
    .limits = "A small database; VACUUM of one with many readers is not tried.",
    .run = Run};

}  // namespace scenarios::swap
