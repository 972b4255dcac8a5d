#include "harness/oracle/refusal.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::fs {
namespace {

constexpr int kCommits = 3;

void Run(Stage& stage) {
  stage.MountFault("mount db fs=tmpfs");
  MakeDatabase(stage, stage.Db());
  stage.MountFault("remount db read_only=yes");
  // A refusal with its reason is as good as a watcher that works: only silence is not.
  Actor& watcher = stage.Start("watcher:1");
  if (!stage.environment().subject.abi) stage.Absent("watcher C ABI");
  const Value answer = watcher.Do(
      "watch", Value::MakeObject({{"path", stage.Db()},
                                  {"backend", stage.Axis("backend")},
                                  {"fresh", true}}));  // SQLite itself reads no WAL there
  if (answer["outcome"].Text() != "opened") return;
  ProveQuiet(watcher);
  stage.MountFault("remount db read_only=no");
  Actor& writer = stage.StartWriter("writer:1");
  for (int seq = 1; seq <= kCommits; ++seq) CommitAndAwait(writer, watcher, 1, seq);
}

}  // namespace

const Card read_only{
    .name = "fs/read_only",
    .claims = {"WAKE-REFUSE"},
    .situation =
        "The file system is read-only when a watcher is opened; later it can be written, and a "
        "writer commits.",
    .expectation =
        "The watcher is refused with a reason, or it goes on to see every commit: never a handle "
        "that is silent.",
    .axes = {Backends(), Journals({"delete", "wal"})},
    .roles = {{"maker:1", "makes the database before"},
              {"watcher:1", "watches from while nothing can be written"},
              {"writer:1", "commits when it can"}},
    .faults = {"mount db fs=tmpfs", "remount db read_only=yes", "remount db read_only=no"},
    .oracles = {{{"refusal", harness::CheckRefusal},
                 "WAKE-REFUSE",
                 Value::MakeObject({{"expect", "either"}})}},
    .evidence = "the refusal with its sentence; or a re-read that saw the commit",
    .limits = "Nobody has the file open when it becomes read-only: the kernel refuses otherwise.",
    .run = Run};

}  // namespace scenarios::fs
