#include "harness/oracle/swap_death.h"
#include "scenarios/index.h"
#include "scenarios/swap/replacements.h"

namespace scenarios::swap {
namespace {

void Run(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1", Value::MakeObject({{"subscribers", 3}}));
  CommitAndAwait(writer, watcher, 1, 1);
  // Where nobody holds the old file open, the file system may give its inode number to the new one.
  if (stage.Axis("holder") == "no") stage.Quit(writer);
  Replace(stage, stage.Axis("by"), stage.Axis("sidecars"));
  watcher.Do("await_death");
}

}  // namespace

const Card replaced_file_kills{
    .name = "swap/replaced_file_kills",
    .claims = {"SWAP-DEATH"},
    .situation =
        "The database file is replaced under a watcher: by rename, by unlinking and making it "
        "anew, by what a "
        "litestream restore does; sidecars removed or left as stale copies; with the old file held "
        "open by "
        "a writer, and without.",
    .expectation =
        "Every subscriber learns it, with both identities on stderr; the time it takes is a "
        "figure, and "
        "10 s of silence is broken.",
    .axes = {Backends(),
             Journals(),
             Ways(),
             Sidecars(),
             {.name = "holder", .values = {"yes"}, .full = {"no"}}},
    .roles = {{"writer:1", "has the old file open, or had"}, {"watcher:1", "three subscribers"}},
    .faults = {"swap db by=rename_over", "swap db by=unlink_recreate",
               "swap db by=litestream_restore"},
    .oracles = {{{"swap_death", harness::CheckSwapDeath}, "SWAP-DEATH"}},
    .evidence = "the fault, with identities that differ; the end of each wait",
    .limits = "Subscribers have a connection to the old file themselves, as applications do.",
    .run = Run};

}  // namespace scenarios::swap
