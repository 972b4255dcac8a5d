#include "harness/oracle/swap_death.h"
#include "scenarios/index.h"
#include "scenarios/tools/run.h"

namespace scenarios::tools {
namespace {

void Run(Stage& stage) {
  const std::string& program = stage.Axis("program");
  const std::string older = stage.File("older.db");
  const std::string mv = Program(stage, "mv", "coreutils");
  const std::string rsync = program == "rsync" ? Program(stage, "rsync", "rsync") : "";
  Actor& writer = stage.StartWriter("writer:1");
  Commit(writer, 1, 1);
  BackUp(stage, older);
  Actor& watcher = stage.StartWatcher("watcher:1", Value::MakeObject({{"subscribers", 2}}));
  CommitAndAwait(writer, watcher, 1, 2);
  if (program == "backup_and_mv") RunAsFault(stage, "mv db from=older.db", {mv, older, stage.Db()});
  if (program == "rsync") {
    RunAsFault(stage, "rsync db from=older.db inplace=no",
               {rsync, "--ignore-times", older, stage.Db()});
  }
  watcher.Do("await_death");
}

}  // namespace

const Card put_in_place{
    .name = "tools/put_in_place",
    .claims = {"SWAP-DEATH"},
    .situation =
        "A copy that the sqlite3 shell's .backup has made is put in the place of a database that "
        "is in use: by mv, or by rsync, which writes a new file and renames it.",
    .expectation = "Every subscriber learns it, with both identities on stderr.",
    .axes = {Backends(),
             Journals({"delete", "wal"}),
             {"program", {"backup_and_mv", "rsync"}, {"backup_and_mv"}}},
    .roles = {{"writer:1", "has the old file open"}, {"watcher:1", "two subscribers"}},
    .faults = {"mv db from=older.db", "rsync db from=older.db inplace=no"},
    .oracles = {{{"swap_death", harness::CheckSwapDeath}, "SWAP-DEATH"}},
    .evidence = "the program's end, with identities that differ; the end of each wait",
    .limits = "The sidecars of the old file stay where they are, as these programs leave them.",
    .run = Run};

}  // namespace scenarios::tools
