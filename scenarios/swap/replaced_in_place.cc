#include <filesystem>

#include "harness/oracle/aftermath.h"
#include "scenarios/index.h"
#include "scenarios/swap/later_commits.h"

namespace scenarios::swap {
namespace {

namespace fs = std::filesystem;

// The main file as it is now, with everything in it, under another name: what an operator's copy
// is.
void CopyOut(Stage& stage, Actor& writer, const std::string& to) {
  if (stage.Axis("journal") == "wal")
    writer.Do("exec", Value::MakeObject({{"sql", "PRAGMA wal_checkpoint(TRUNCATE)"}}));
  std::error_code failed;
  fs::copy_file(stage.Db(), to, failed);
  if (failed) throw harness::CellEnd(harness::CellVerdict::kError, failed.message());
}

// A copy to which another history happened than to the live database.
void Diverge(Stage& stage, const std::string& path) {
  Actor& other = stage.Start("diverger:1");
  other.Do("open", Value::MakeObject({{"path", path}}));
  for (int seq = 1; seq <= 3; ++seq) Commit(other, 5, seq);
  stage.Quit(other);
}

void Run(Stage& stage) {
  const std::string& how = stage.Axis("how");
  const std::string older = stage.File("older.db");
  const std::string diverged = stage.File("diverged.db");
  Actor& writer = stage.StartWriter("writer:1");
  for (int seq = 1; seq <= 3; ++seq) Commit(writer, 1, seq);
  CopyOut(stage, writer, older);
  CopyOut(stage, writer, diverged);
  Diverge(stage, diverged);
  Actor& watcher = stage.StartWatcher(
      "watcher:1", Value::MakeObject({{"fresh", stage.Axis("application") == "fresh"}}));
  for (int seq = 4; seq <= 6; ++seq) CommitAndAwait(writer, watcher, 1, seq);
  if (how == "copy_older") FileFault(stage, "swap db by=copy_over", {.replacement = older});
  if (how == "copy_same_counter")
    FileFault(stage, "swap db by=copy_over counter=same", {.replacement = diverged});
  if (how == "restore_older") FileFault(stage, "swap db by=backup_restore", {.replacement = older});
  if (how == "truncate_zero") FileFault(stage, "truncate db to=0");
  if (how == "truncate_page") FileFault(stage, "truncate db to=4096");
  AwaitAndCommitAnew(stage, watcher);
}

}  // namespace

const Card replaced_in_place{
    .name = "swap/replaced_in_place",
    .claims = {"SWAP-INPLACE"},
    .situation =
        "Under a watcher and a writer that has the database open, its content is replaced in the "
        "same file: an older copy or a diverged one that has the same change counter is written "
        "over it, an older one is restored by SQLite's backup API, or it is cut to nothing or to "
        "its first page. Then a new process opens what is there and commits.",
    .expectation =
        "Measured: who wakes, who dies, who hears nothing of it. Never a wake storm, a crash, or a "
        "watcher that lives and is deaf to what is committed afterwards.",
    .axes = {Backends(),
             Journals(),
             {"how",
              {"copy_older", "copy_same_counter", "restore_older", "truncate_zero",
               "truncate_page"},
              {"copy_older", "restore_older", "truncate_zero"}},
             {.name = "application", .values = {"open"}, .full = {"fresh"}}},
    .roles = {{"writer:1", "has the database open, and commits before"},
              {"diverger:1", "writes to the copy"},
              {"watcher:1", "one subscriber; with application=fresh it keeps no connection"},
              {"writer:9", "opens the database anew, and commits"}},
    .faults = {"swap db by=copy_over", "swap db by=copy_over counter=same",
               "swap db by=backup_restore", "truncate db to=0", "truncate db to=4096"},
    .oracles = {{{"aftermath", harness::CheckAftermath},
                 "SWAP-INPLACE",
                 Value::MakeObject({{"may_die", true}})}},
    .evidence =
        "the fault; the end of the wait, or the proof that the watcher looked and is silent",
    .limits =
        "What the content is worth to SQLite afterwards is not judged: a copy over a database in "
        "WAL mixes two histories. The writer that had it open does nothing any more.",
    .run = Run};

}  // namespace scenarios::swap
