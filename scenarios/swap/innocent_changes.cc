#include <sys/stat.h>

#include <filesystem>

#include "harness/oracle/aftermath.h"
#include "scenarios/index.h"
#include "scenarios/swap/later_commits.h"

namespace scenarios::swap {
namespace {

namespace fs = std::filesystem;

std::string Words(const std::error_code& failed) { return failed ? failed.message() : ""; }

// What an operator does to a database that is in use, none of which puts another file in its place.
void Change(Stage& stage, Actor& writer) {
  const std::string& what = stage.Axis("what");
  const auto sql = [&](const std::string& text, const std::string& statement) {
    stage.Fault(text, [&]() -> std::string {
      const harness::ActorReply reply = writer.Try("exec", Value::MakeObject({{"sql", statement}}));
      return reply.ok() ? "" : reply.value["message"].Text();
    });
  };
  if (what == "touch") FileFault(stage, "touch db");
  if (what == "hard_link") {
    FileFault(stage, "link db as=hard", {.link = stage.File("other.db")});
    stage.Fault("unlink other.db", [&] {
      std::error_code failed;
      fs::remove(stage.File("other.db"), failed);
      return Words(failed);
    });
  }
  if (what == "symbolic_link")
    FileFault(stage, "link db as=symbolic", {.link = stage.File("other.db")});
  if (what == "permissions") {
    stage.Fault("chmod db 0600", [&]() -> std::string {
      return chmod(stage.Db().c_str(), 0600) == 0 ? "" : "chmod failed";
    });
  }
  if (what == "copied_out") {
    stage.Fault("copy db to=copy.db", [&] {
      std::error_code failed;
      fs::copy_file(stage.Db(), stage.File("copy.db"), failed);
      return Words(failed);
    });
  }
  if (what == "vacuum_into")
    sql("vacuum db into=copy.db", "VACUUM INTO '" + stage.File("copy.db") + "'");
  if (what == "vacuum") sql("vacuum db", "VACUUM");
  if (what == "grown") {
    sql("grow db",
        "INSERT INTO harness_ballast(content) SELECT zeroblob(4000) FROM (WITH RECURSIVE n(i) AS "
        "(VALUES(1) UNION ALL SELECT i+1 FROM n WHERE i<200) SELECT i FROM n)");
  }
  if (what == "restored_by_backup") {
    const std::string copy = stage.File("copy.db");
    writer.Do("exec", Value::MakeObject({{"sql", "VACUUM INTO '" + copy + "'"}}));
    FileFault(stage, "swap db by=backup_restore", {.replacement = copy});
  }
}

void Run(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1");
  CommitAndAwait(writer, watcher, 1, 1);
  Change(stage, writer);
  AwaitAndCommitAnew(stage, watcher);
}

}  // namespace

const Card innocent_changes{
    .name = "swap/innocent_changes",
    .claims = {"SWAP-FALSE"},
    .situation =
        "A database in use is touched, gets another name and loses it again, other permissions, is "
        "copied, vacuumed, grows, or is restored in place by SQLite's backup API. Then a new "
        "process "
        "commits.",
    .expectation = "No watcher dies, and what is committed afterwards is heard.",
    .axes = {Backends(),
             Journals(),
             {.name = "what",
              .values = {"touch", "hard_link", "symbolic_link", "vacuum_into", "vacuum",
                         "restored_by_backup"},
              .quick = {"hard_link"},
              .full = {"permissions", "copied_out", "grown"}}},
    .roles = {{"writer:1", "has the database open, and commits before"},
              {"watcher:1", "one subscriber"},
              {"writer:9", "opens the database anew, and commits"}},
    .faults = {"touch db", "link db as=hard", "unlink other.db", "link db as=symbolic",
               "chmod db 0600", "copy db to=copy.db", "vacuum db", "vacuum db into=copy.db",
               "grow db", "swap db by=backup_restore"},
    .oracles = {{{"aftermath", harness::CheckAftermath}, "SWAP-FALSE"}},
    .evidence = "the change, with the same identity before and after; commits after it",
    .limits = "What a file system does to an inode by itself (overlay) is not tried here.",
    .run = Run};

}  // namespace scenarios::swap
