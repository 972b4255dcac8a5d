#include "harness/oracle/aftermath.h"
#include "scenarios/index.h"
#include "scenarios/swap/later_commits.h"
#include "scenarios/tools/run.h"

namespace scenarios::tools {
namespace {

void Run(Stage& stage) {
  const std::string& program = stage.Axis("program");
  const std::string older = stage.File("older.db");
  const std::string cp = Program(stage, "cp", "coreutils");
  const std::string shell = Program(stage, "sqlite3", "sqlite3");
  const std::string rsync = program == "rsync_inplace" ? Program(stage, "rsync", "rsync") : "";
  Actor& writer = stage.StartWriter("writer:1");
  for (int seq = 1; seq <= 2; ++seq) Commit(writer, 1, seq);
  BackUp(stage, older);
  Actor& watcher = stage.StartWatcher("watcher:1");
  for (int seq = 3; seq <= 4; ++seq) CommitAndAwait(writer, watcher, 1, seq);
  if (program == "cp") RunAsFault(stage, "cp db from=older.db", {cp, older, stage.Db()});
  if (program == "rsync_inplace") {
    RunAsFault(stage, "rsync db from=older.db inplace=yes",
               {rsync, "--inplace", "--ignore-times", older, stage.Db()});
  }
  if (program == "sqlite3_restore") {
    RunAsFault(stage, "sqlite3 db command=.restore",
               {shell, "-cmd", ".timeout 60000", stage.Db(), ".restore '" + older + "'"});
  }
  if (program == "sqlite3_backup") {
    RunAsFault(stage, "sqlite3 db command=.backup",
               {shell, "-cmd", ".timeout 60000", stage.Db(),
                ".backup '" + stage.File("another.db") + "'"});
  }
  swap::AwaitAndCommitAnew(stage, watcher);
}

}  // namespace

const Card written_over{
    .name = "tools/written_over",
    .claims = {"SWAP-INPLACE"},
    .situation =
        "An older copy is put back into the file of a database that is in use: by cp, by rsync "
        "--inplace, by .restore of the sqlite3 shell; or the shell's .backup reads it. Then a new "
        "process opens what is there and commits.",
    .expectation =
        "Measured: who wakes, who hears nothing of it. Never a wake storm, a crash, or a watcher "
        "that lives and is deaf to what is committed afterwards.",
    .axes = {Backends(),
             Journals({"delete", "wal"}),
             {"program",
              {"cp", "rsync_inplace", "sqlite3_restore", "sqlite3_backup"},
              {"sqlite3_restore"}}},
    .roles = {{"writer:1", "has the database open, and commits before"},
              {"watcher:1", "one subscriber"},
              {"writer:9", "opens the database anew, and commits"}},
    .faults = {"cp db from=older.db", "rsync db from=older.db inplace=yes",
               "sqlite3 db command=.restore", "sqlite3 db command=.backup"},
    .oracles = {{{"aftermath", harness::CheckAftermath},
                 "SWAP-INPLACE",
                 Value::MakeObject({{"may_die", true}})}},
    .evidence = "the program's end; the end of the wait for commits after it",
    .limits = "TRUNCATE and PERSIST differ from DELETE only in what becomes of the journal file.",
    .run = Run};

}  // namespace scenarios::tools
