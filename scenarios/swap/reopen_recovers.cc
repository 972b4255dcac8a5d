#include <filesystem>

#include "harness/oracle/swap_recover.h"
#include "scenarios/index.h"
#include "scenarios/swap/replacements.h"

namespace scenarios::swap {
namespace {

void Run(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1");
  CommitAndAwait(writer, watcher, 1, 1);
  Replace(stage, stage.Axis("by"), "remove");
  watcher.Do("await_death");
  watcher.Do("unwatch");
  // In WAL a file with two names is refused at open, and the refusal says to remove the other one.
  if (stage.Axis("by") == "hard_link") std::filesystem::remove(stage.File("replacement.db"));
  Actor& successor = stage.StartWriter("writer:2");
  stage.Watch(watcher, Value::MakeObject({{"first_sub", 1}}));
  for (int seq = 1; seq <= 5; ++seq) CommitAndAwait(successor, watcher, 2, seq);
}

}  // namespace

const Card reopen_recovers{
    .name = "swap/reopen_recovers",
    .claims = {"SWAP-RECOVER"},
    .situation =
        "After a replacement the application closes its watcher and opens another one; a writer "
        "commits to the "
        "new file.",
    .expectation = "A fresh watcher and baseline: nothing committed after the open is missed.",
    .axes = {Backends(), Journals(), Ways()},
    .roles = {{"writer:1", "made the old file"},
              {"writer:2", "commits to the new file"},
              {"watcher:1", "dies, closes, opens again"}},
    .faults = {"swap db by=rename_over", "swap db by=unlink_recreate",
               "swap db by=litestream_restore"},
    .oracles = {{{"swap_recover", harness::CheckSwapRecover}, "SWAP-RECOVER"}},
    .evidence = "a death, a second open, and commits seen after it",
    .limits = "The application closes every handle and its old connections before it opens again.",
    .run = Run};

}  // namespace scenarios::swap
