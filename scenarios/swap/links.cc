#include <filesystem>

#include "harness/oracle/swap_death.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::swap {
namespace {

namespace fs = std::filesystem;

// The database, and the name under which the watcher knows it.
void Run(Stage& stage) {
  const std::string& how = stage.Axis("how");
  const std::string replacement = stage.File("replacement.db");
  MakeDatabase(stage, replacement);
  if (how == "link_repointed") {
    // "current -> version 1": what is opened is a link all the time.
    const std::string first = stage.File("version-1.db");
    MakeDatabase(stage, first);
    std::error_code failed;
    fs::create_symlink(first, stage.Db(), failed);
    if (failed) throw harness::CellEnd(harness::CellVerdict::kError, failed.message());
  }
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1");
  CommitAndAwait(writer, watcher, 1, 1);
  const std::string by = how == "hard_link" ? "hard_link" : "symlink";
  FileFault(stage, "swap db by=" + by, {.replacement = replacement});
  watcher.Do("await_death");
}

}  // namespace

const Card links{
    .name = "swap/links",
    .claims = {"SWAP-DEATH"},
    .situation =
        "The name of the database becomes a hard link to another one, or a symbolic link to it; or "
        "it has been a symbolic link from the start, as a deployment's \"current\" is, and is "
        "pointed at another database.",
    .expectation = "Every subscriber learns it, with both identities on stderr.",
    .axes = {Backends(),
             Journals(),
             {"how", {"hard_link", "symbolic_link", "link_repointed"}, {"link_repointed"}}},
    .roles = {{"writer:1", "has the old file open"}, {"watcher:1", "one subscriber"}},
    .faults = {"swap db by=hard_link", "swap db by=symlink"},
    .oracles = {{{"swap_death", harness::CheckSwapDeath}, "SWAP-DEATH"}},
    .evidence = "the fault, with identities that differ; the end of the wait",
    .limits = "Another name that a database gets and loses again stands in swap/innocent_changes.",
    .run = Run};

}  // namespace scenarios::swap
