#include "harness/oracle/marks_remain.h"
#include "harness/oracle/wake_seen.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::fs {
namespace {

constexpr int kEach = 3;           // commits before, while and after it is full
constexpr int64_t kPad = 200'000;  // more than any file has left inside
constexpr int64_t kSqliteFull = 13;

void Run(Stage& stage) {
  stage.MountFault("mount db fs=tmpfs size_mib=2");
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1");
  int seq = 0;
  for (int i = 0; i < kEach; ++i) CommitAndAwait(writer, watcher, 1, ++seq);
  stage.MountFault("fill db leave_kib=0");
  for (int i = 0; i < kEach; ++i) {
    (void)writer.Try("commit", Value::MakeObject({{"writer", 1}, {"seq", ++seq}, {"pad", kPad}}));
  }
  ProveQuiet(watcher);  // it is alive, and nothing was committed that it has not seen
  stage.MountFault("fill db leave_kib=1024");
  for (int i = 0; i < kEach; ++i) CommitAndAwait(writer, watcher, 1, ++seq);
  stage.Quit(writer);
  Audit(stage);
}

}  // namespace

const Card full_disk{
    .name = "fs/full_disk",
    .claims = {"FAULT-CLEAN", "WAKE-SEEN"},
    .situation =
        "The disk is full: a writer's commits do not fit, while a watcher watches. Then there is "
        "room again.",
    .expectation =
        "Each commit that does not fit is an error and leaves nothing; what was acknowledged is "
        "there; the watcher sees every commit before and after.",
    .axes = {Backends(), Journals({"delete", "wal"})},
    .roles = {{"writer:1", "commits"},
              {"watcher:1", "watches"},
              {"auditor:1", "reads the marks and checks the database in the end"}},
    .faults = {"mount db fs=tmpfs size_mib=2", "fill db leave_kib=0", "fill db leave_kib=1024"},
    .oracles = {{{"marks_remain", harness::CheckMarksRemain},
                 "FAULT-CLEAN",
                 Value::MakeObject({{"error", kSqliteFull}})},
                {{"wake_seen", harness::CheckWakeSeen}, "WAKE-SEEN"}},
    .evidence = "a commit that failed with SQLITE_FULL, by a real ENOSPC",
    .limits =
        "tmpfs gives ENOSPC at the write; a file system that allocates later may at the sync.",
    .run = Run};

}  // namespace scenarios::fs
