#include "harness/oracle/swap_death.h"
#include "scenarios/index.h"
#include "scenarios/swap/replacements.h"

namespace scenarios::swap {
namespace {

void Run(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1");
  CommitAndAwait(writer, watcher, 1, 1);
  Replace(stage, "rename_over", "remove");
  watcher.Do("await_death");
  for (int late = 1; late <= 3; ++late) {
    // The first handle is still open: the dead watcher is still known. `fresh`: what the
    // application itself has open is not the question here.
    watcher.Do("watch", Value::MakeObject({{"path", stage.Db()},
                                           {"backend", stage.Axis("backend")},
                                           {"fresh", true},
                                           {"first_sub", late * 10}}));
    watcher.Do("await_death");
  }
}

}  // namespace

const Card death_is_told_later{
    .name = "swap/death_is_told_later",
    .claims = {"SWAP-LATER"},
    .situation =
        "A watcher has died of a replacement; then, while its handle is still open, others "
        "subscribe, three times.",
    .expectation =
        "Each of them learns it at once: refused with the sentence of the death, or a handle whose "
        "wait "
        "returns -1.",
    .axes = {Backends(), Journals()},
    .roles = {{"writer:1", "made the database"}, {"watcher:1", "subscribes before and after"}},
    .faults = {"swap db by=rename_over keep=none"},
    .oracles = {{{"swap_death", harness::CheckSwapDeath},
                 "SWAP-LATER",
                 Value::MakeObject({{"later", true}})}},
    .evidence = "a death, and an answer to each later subscription",
    .limits =
        "Later subscriptions come from the same process: another one has a watcher of its own.",
    .run = Run};

}  // namespace scenarios::swap
