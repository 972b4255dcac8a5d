#include <unistd.h>

#include <filesystem>

#include "harness/oracle/refusal.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

namespace fs = std::filesystem;
using enum fs::perms;

constexpr fs::perms kRead = owner_read | group_read | others_read;
constexpr fs::perms kEnter = owner_exec | group_exec | others_exec;

void Permit(const Stage& stage, fs::perms files, fs::perms folder) {
  for (const auto& entry : fs::directory_iterator(stage.File("")))
    fs::permissions(entry.path(), files);
  fs::permissions(stage.File(""), folder);
}

void Run(Stage& stage) {
  if (!stage.environment().subject.abi) stage.Absent("watcher C ABI");
  const std::string& what = stage.Axis("what");
  Actor& writer = stage.StartWriter("writer:1");
  Commit(writer, 1, 1);
  if (what == "recovery_needed") {
    // It dies, and what its WAL-index said is gone with it, as after a restart of the machine.
    stage.Kill(writer);
    fs::remove(stage.Db() + "-shm");
  }
  const bool folder_too = what != "read_only_file";
  Permit(stage, kRead, folder_too ? kRead | kEnter : all);

  Actor& watcher = stage.Start("watcher:1");
  watcher.Do("load", Value::MakeObject({{"library", stage.environment().subject.path}}));
  const Value became = watcher.Do("become", Value::MakeObject({{"reach", stage.File("")}}));
  if (!became["reaches"].Bool())
    stage.Skip("an ordinary user cannot go into the folder of the databases");
  if (became["uid"].Int() == static_cast<int64_t>(geteuid()))
    stage.Skip("needs root: the watcher has to be another user than the writer");
  const Value watched = watcher.Do(
      "watch", Value::MakeObject(
                   {{"path", stage.Db()}, {"backend", stage.Axis("backend")}, {"fresh", true}}));
  if (watched["outcome"].Text() != "opened") return;
  Actor& next = stage.StartWriter("writer:2");
  for (int seq = 1; seq <= 3; ++seq) CommitAndAwait(next, watcher, 2, seq);
}

}  // namespace

const Card without_permission{
    .name = "wake/without_permission",
    .claims = {"WAKE-REFUSE", "WAKE-ERROR"},
    .situation =
        "The watcher runs as a user who may read the database and not write it, or not its folder "
        "either; or, in WAL, may not do the recovery that a killed writer left to do.",
    .expectation =
        "Refused with a reason, or a handle that lives: it sees the commits that follow.",
    .axes = {Backends(),
             {"journal", {"delete", "wal"}},
             {"sync", {"normal"}},
             {"what", {"read_only_file", "read_only_folder", "recovery_needed"}}},
    .roles = {{"writer:1", "makes the database, and may be killed"},
              {"writer:2", "commits"},
              {"watcher:1", "asks for a handle as another user, and keeps no connection"}},
    .faults = {"kill writer:1", "remove db-shm"},
    .oracles = {{{"refusal", harness::CheckRefusal},
                 "WAKE-REFUSE",
                 Value::MakeObject({{"expect", "either"}})},
                {{"refusal", harness::CheckRefusal},
                 "WAKE-ERROR",
                 Value::MakeObject({{"expect", "either"}})}},
    .evidence = "the answer of open, and commits that were seen where a handle was given",
    .limits =
        "Needs root, to be two users. In a rollback mode recovery_needed is read_only_folder.",
    .run = Run};

}  // namespace scenarios::wake
