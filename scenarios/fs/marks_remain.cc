#include "harness/oracle/marks_remain.h"

#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::fs {
namespace {

constexpr int kTurns = 15;
constexpr int kBurst = 40;
constexpr int64_t kBusyMs = 5000;     // as applications have it
constexpr int64_t kShortBusyMs = 50;  // of one that is meant to be kept out

Value OpenAt(const std::string& path, const std::string& mode, int64_t busy_ms = kBusyMs) {
  return Value::MakeObject(
      {{"path", path}, {"journal", mode}, {"create", true}, {"busy_ms", busy_ms}});
}

// The second commits while the first is in the middle of a transaction: it is kept out, or locks
// mean nothing there.
void Held(Actor& first, Actor& second) {
  Commit(first, 1, 1);
  const Value mark = Value::MakeObject({{"writer", 1}, {"seq", 2}});
  (void)first.Try("hold", mark);
  Commit(second, 2, 1);
  (void)first.Try("commit", Value::MakeObject({{"writer", 1}, {"seq", 2}, {"held", true}}));
}

Value Burst(int writer) {
  return Value::MakeObject({{"writer", writer}, {"from", 1}, {"count", kBurst}});
}

void Run(Stage& stage) {
  const std::string& mode = stage.Axis("mode");
  Actor& first = stage.Start("writer:1");
  // Where this is refused, the refusal is in the history, and what was to be shown.
  if (!first.Try("open", OpenAt(stage.Db(), mode)).ok() || !first.Try("setup").ok()) return;
  Actor& second = stage.Start("writer:2");
  const std::string& pace = stage.Axis("pace");
  const int64_t busy_ms = pace == "held" ? kShortBusyMs : kBusyMs;
  if (!second.Try("open", OpenAt(stage.ForWatchers(stage.Db()), mode, busy_ms)).ok()) return;
  if (pace == "held") {
    Held(first, second);
  } else if (pace == "turns") {
    for (int seq = 1; seq <= kTurns; ++seq) {
      Commit(first, 1, seq);
      Commit(second, 2, seq);
    }
  } else {
    const int64_t one = first.Begin("burst", Burst(1));
    const int64_t other = second.Begin("burst", Burst(2));
    (void)first.End(one);
    (void)second.End(other);
  }
  stage.Quit(first);
  stage.Quit(second);
  Audit(stage);
}

}  // namespace

const Card marks_remain{
    .name = "fs/marks_remain",
    .claims = {"FS-HONEST"},
    .situation =
        "Two processes commit to one database on another file system, in turns, one while the "
        "other is "
        "in the middle of a transaction, or both at once; on two mounts each by its own. Then a "
        "third "
        "reads what is there.",
    .expectation =
        "What was acknowledged is there and the database intact, or SQLite refuses to work there.",
    .axes = {{.name = "fs",
              .values = {"overlay", "fuse", "fuse_direct_io", "fuse_locks", "two_mounts"},
              .quick = {"fuse_direct_io", "two_mounts"},
              .full = {"tmpfs", "ext4", "xfs", "btrfs"}},
             {"mode", {"delete", "wal"}},
             {.name = "pace", .values = {"turns", "held", "at_once"}, .quick = {"turns"}}},
    .roles = {{"writer:1..2", "commit, busy timeout 5 s, or 50 ms where one is to be kept out"},
              {"auditor:1", "reads the marks and checks the database, when both are gone"}},
    .faults = {"mount db fs=two_mounts"},
    .oracles = {{{"marks_remain", harness::CheckMarksRemain},
                 "FS-HONEST",
                 Value::MakeObject({{"refused", true}})}},
    .evidence = "acknowledged commits, and what the auditor read; or the error of a refusal",
    .limits =
        "Two FUSE mounts of one folder stand in for a network file system: locks are those of each "
        "mount, where a network may pass them on. Nothing is said about honker: SQLite alone works "
        "here.",
    .run = Run};

}  // namespace scenarios::fs
