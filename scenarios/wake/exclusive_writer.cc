#include <chrono>
#include <thread>

#include "harness/oracle/trouble_told.h"
#include "harness/oracle/wake_seen.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

constexpr int kCommits = 5;
constexpr int kEndless = 2000;
// How long looks may fail before it has to be said.
constexpr int64_t kSaidWithinMs = 8000;

Value Sql(const std::string& sql) { return Value::MakeObject({{"sql", sql}}); }

void Trouble(Stage& stage, const char* state, bool must_tell = false) {
  stage.Record("trouble", Value::MakeObject({{"process", "watcher:1"},
                                             {"what", "a writer that locks out every reader"},
                                             {"state", state},
                                             {"must_tell", must_tell}}));
}

int64_t Sleeps(Actor& watcher) { return watcher.Do("cost")["sleeps"].Int(); }

// Until the watcher has looked so often; false where it does not look at all.
bool AwaitLooks(Actor& watcher, int64_t looks) {
  const int64_t from = Sleeps(watcher);
  for (int i = 0; i < 200; ++i) {
    if (Sleeps(watcher) - from >= looks) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

// The lock is taken by the first commit and kept.
void LockOut(Stage& stage, Actor& writer, Actor& watcher, bool until_said) {
  writer.Do("exec", Sql("PRAGMA locking_mode=EXCLUSIVE"));
  // In WAL SQLite refuses the lock while anybody else has the database open.
  writer.Do("exec", Sql("PRAGMA busy_timeout=100"));
  Trouble(stage, "begins");
  for (int seq = 2; seq <= kCommits; ++seq) Commit(writer, 1, seq);
  bool looked = AwaitLooks(watcher, 5);
  if (until_said) {
    std::this_thread::sleep_for(std::chrono::milliseconds(kSaidWithinMs));
    looked &= AwaitLooks(watcher, 5);  // after that time has passed: the look that has to say it
  }
  const bool locked_out = stage.Axis("journal") != "wal" && stage.Axis("backend") != "kernel";
  Trouble(stage, "ends", until_said && looked && locked_out);
  writer.Do("exec", Sql("PRAGMA locking_mode=NORMAL"));
  writer.Do("exec", Sql("PRAGMA busy_timeout=60000"));
  writer.Do("exec", Sql("SELECT count(*) FROM harness_marks"));  // gives up the lock
  if (stage.Axis("journal") != "wal") watcher.Do("await", Marks(1, kCommits));
  CommitAndAwait(writer, watcher, 1, kCommits + 1);
}

// Commits without a pause; a look gets in between two of them, or does not.
void NeverPause(Stage& stage, Actor& writer, Actor& watcher) {
  Trouble(stage, "begins");
  const int64_t burst =
      writer.Begin("burst", Value::MakeObject({{"writer", 1}, {"from", 2}, {"count", kEndless}}));
  watcher.Do("await", Marks(1, kEndless / 2));
  writer.End(burst);
  Trouble(stage, "ends");
  watcher.Do("await", Marks(1, kEndless + 1));
}

void Run(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1");
  CommitAndAwait(writer, watcher, 1, 1);
  const std::string& how = stage.Axis("writer");
  if (how == "endless") return NeverPause(stage, writer, watcher);
  LockOut(stage, writer, watcher, how == "locks_for_long");
}

}  // namespace

const Card exclusive_writer{
    .name = "wake/exclusive_writer",
    .claims = {"WAKE-EXCLUSIVE"},
    .situation =
        "A writer in locking_mode=EXCLUSIVE commits and keeps its lock, for a few looks or for "
        "longer than eight seconds; or one commits without ever pausing.",
    .expectation =
        "The delay is bounded by the lock, or said: when the lock is given up every commit is "
        "seen, and a lock that lasts is said on stderr, once.",
    .axes = {Backends(),
             {"journal", {"delete", "wal"}},
             {"sync", {"off"}},
             {"writer", {"locks", "endless"}, {}, {"locks_for_long"}}},
    .roles = {{"writer:1", "commits, and keeps others out"}, {"watcher:1", "one subscriber"}},
    .faults = {"none"},
    .oracles = {{{"wake_seen", harness::CheckWakeSeen}, "WAKE-EXCLUSIVE"},
                {{"trouble_told", harness::CheckTroubleTold}, "WAKE-EXCLUSIVE"}},
    .evidence = "looks while the lock was held, counted; commits seen after it was given up",
    .limits =
        "In WAL SQLite refuses such a writer its lock while a reader has the database open: its "
        "commits fail, and are not judged. That it is said is asked of backends that look by "
        "themselves.",
    .run = Run};

}  // namespace scenarios::wake
