#include "harness/oracle/swap_death.h"
#include "scenarios/index.h"
#include "scenarios/swap/replacements.h"

namespace scenarios::swap {
namespace {

void Run(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  Commit(writer, 1, 1);
  Actor& watcher = stage.StartWatcher("watcher:1");
  Replace(stage, "rename_over", "remove");
  watcher.Do("await_death");
}

}  // namespace

const Card replaced_right_after_open{
    .name = "swap/replaced_right_after_open",
    .claims = {"WAKE-BASELINE"},
    .situation = "The moment open has returned, the database file is replaced.",
    .expectation = "The subscriber learns it: the identity was part of the baseline.",
    .axes = {Backends(), Journals()},
    .roles = {{"writer:1", "made the database"}, {"watcher:1", "one subscriber"}},
    .faults = {"swap db by=rename_over keep=none"},
    .oracles = {{{"swap_death", harness::CheckSwapDeath}, "WAKE-BASELINE"}},
    .evidence = "the fault, with identities that differ; the end of the wait",
    .limits = "Making the replacement takes some milliseconds, which the watcher may use.",
    .run = Run};

}  // namespace scenarios::swap
