#include "harness/oracle/wake_seen.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

constexpr int kLives = 8;
// How long a writer lives whose commits nobody sees. What is judged are all commits, in the end.
constexpr int64_t kUnseenLifeMs = 5'000;

Value OneCommit(Stage& stage, int writer, int seq) {
  return Value::MakeObject({{"writer", writer},
                            {"from", seq},
                            {"count", 1},
                            {"reopen", true},
                            {"path", stage.Db()},
                            {"journal", stage.Axis("journal")},
                            {"sync", "normal"}});
}

// A writer is killed inside a burst; another one goes on. (The gap lets a poll in: how long one
// that never pauses starves a poll in the rollback modes is another claim, WAKE-EXCLUSIVE.)
void Killed(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher = stage.StartWatcher("watcher:1");
  for (int life = 1; life <= 3; ++life) {
    Actor& victim = life == 1 ? writer : stage.StartWriter("writer:" + std::to_string(life));
    victim.Begin(
        "burst",
        Value::MakeObject({{"writer", life}, {"from", 1}, {"count", 100'000}, {"gap_us", 200}}));
    watcher.Do("await", Marks(life, 20).Set("writers_busy", true).Set("limit_ms", kUnseenLifeMs));
    stage.Kill(victim);
  }
  Actor& last = stage.StartWriter("writer:9");
  for (int seq = 1; seq <= 3; ++seq) CommitAndAwait(last, watcher, 9, seq);
}

// Each commit opens the database and closes it again.
void Reopened(Stage& stage, bool fresh) {
  MakeDatabase(stage, stage.Db());
  Actor& watcher = stage.StartWatcher("watcher:1", Value::MakeObject({{"fresh", fresh}}));
  Actor& writer = stage.Start("writer:1");
  for (int seq = 1; seq <= kLives; ++seq) {
    writer.Do("burst", OneCommit(stage, 1, seq));
    watcher.Do("await", Marks(1, seq));
  }
}

void Run(Stage& stage) {
  if (stage.Axis("life") == "killed") return Killed(stage);
  Reopened(stage, stage.Axis("life") == "first_and_last");
}

}  // namespace

const Card writers_come_and_go{
    .name = "wake/writers_come_and_go",
    .claims = {"WAKE-RESUME"},
    .situation =
        "Writers are killed inside a burst and replaced; or open the database for one commit only; "
        "or are, "
        "with each of these commits, the first and the last connection that an application has "
        "open.",
    .expectation = "Wakes go on: every acknowledged commit is seen.",
    .axes = {Backends(), Journals(), {"life", {"killed", "reopened", "first_and_last"}}},
    .roles = {{"writer:N", "commits, and goes"},
              {"watcher:1", "one subscriber; in first_and_last it keeps no connection of its own"}},
    .faults = {"kill writer:N inside a burst"},
    .oracles = {{{"wake_seen", harness::CheckWakeSeen}, "WAKE-RESUME"}},
    .evidence = "commits of later writers seen, or proved missed",
    .limits =
        "Commits in doubt (the kill came before the reply) are not counted either way. polling and "
        "shm keep a "
        "connection of their own, so that a writer is never the last one there.",
    .run = Run};

}  // namespace scenarios::wake
