// The process that leads the scheduler is killed: another one follows when its lock has run out,
// and each boundary has fired once.
//
// Two schedules. What the victim is about is due at once; the other one becomes due when the victim
// is dead, so that there is something left to do after either moment of death. Their boundaries
// began an hour ago, a minute apart, so a machine may stand still for minutes between the steps
// before one would be beyond the 64 that are caught up on.
#include <signal.h>
#include <unistd.h>

#include "core/api/testing.h"
#include "core/testing/child.h"

namespace honker {
namespace {

using namespace std::chrono_literals;
using testing::ExitCode;
using testing::kLimit;
using testing::kNoIdlePoll;
using testing::Must;
using testing::RunInChild;
using testing::Scratch;
using testing::StartChild;

// Says through the pipe that it is where it is to die, and waits for that.
[[noreturn]] void AwaitDeath(int pipe) {
  if (write(pipe, "x", 1) != 1) _exit(2);
  for (;;) pause();
}

// A job has been put in, and COMMIT has been called.
struct InCommit {
  int pipe;
  bool fires = false;

  void InstallOn(sqlite3* db) {
    sqlite3_update_hook(db, &InCommit::OnChange, this);
    sqlite3_commit_hook(db, &InCommit::OnCommit, this);
  }
  static void OnChange(void* self, int, const char*, const char* table, sqlite3_int64) {
    if (std::string(table) == "_honker_live") static_cast<InCommit*>(self)->fires = true;
  }
  static int OnCommit(void* self) {
    const auto* in_commit = static_cast<InCommit*>(self);
    if (in_commit->fires) AwaitDeath(in_commit->pipe);
    return 0;
  }
};

class LeaderDeath : public ::testing::Test {
 protected:
  // Leads, and is killed in the commit of its first tick or right after it.
  void KillLeader(bool in_commit) {
    int there[2];
    ASSERT_EQ(pipe(there), 0);
    const pid_t victim = StartChild([&] {
      Database db = Must(Database::Open(path_));
      Scheduler scheduler(db);
      for (const char* name : {"first", "second"}) {
        Must(scheduler.Register({.name = name, .queue = name, .expr = "@every 1m"}));
      }
      Must(
          db.Execute("UPDATE _honker_scheduler_tasks SET next_fire_at = unixepoch() + "
                     "CASE name WHEN 'first' THEN -600 ELSE 86400 END"));
      Must(
          db.Execute("CREATE TABLE began AS SELECT next_fire_at FROM _honker_scheduler_tasks "
                     "WHERE name = 'first'"));
      InCommit hook{there[1]};
      if (in_commit) hook.InstallOn(db.handle());
      (void)scheduler.Run(kNoIdlePoll, {},
                          {.lock_ttl = 2s, .on_fire = [&](const Fire&) { AwaitDeath(there[1]); }});
      return 1;
    });
    close(there[1]);  // a victim that dies before its time is the end of the pipe
    char byte = 0;
    ASSERT_EQ(read(there[0], &byte, 1), 1);
    ASSERT_EQ(kill(victim, SIGKILL), 0);
    ASSERT_EQ(ExitCode(victim), 128 + SIGKILL);
    close(there[0]);
  }

  // Until the second schedule has fired. 1: it never did.
  int Follow() {
    return RunInChild([this] {
      Database db = Must(Database::Open(path_));
      std::stop_source stop;
      const auto until_second = [&](const Fire& fire) {
        if (fire.name == "second") stop.request_stop();
      };
      Must(Scheduler(db).Run(kLimit, stop.get_token(),
                             {.idle_poll = kNoIdlePoll, .on_fire = until_second}));
      return stop.stop_requested() ? 0 : 1;
    });
  }

  // How many there are from the first boundary to the last; "gap" or "double" where it is not each
  // once.
  std::string Fired(testing::Database& db, const std::string& queue, const std::string& began) {
    return db.Ask(
        "SELECT CASE WHEN count(*) <> count(DISTINCT run_at) THEN 'double' "
        "WHEN min(run_at) <> (" +
        began +
        ") OR max(run_at) - min(run_at) <> "
        "60 * (count(*) - 1) THEN 'gap' "
        "WHEN (SELECT next_fire_at FROM _honker_scheduler_tasks WHERE name = '" +
        queue +
        "') <> max(run_at) + 60 THEN 'next is not the next' "
        "ELSE 'each once' END FROM _honker_live WHERE queue = '" +
        queue + "'");
  }

  const Scratch scratch_;
  const std::string path_ = scratch_.Path("a.db");
};

class LeaderDeathAt : public LeaderDeath, public ::testing::WithParamInterface<bool> {};

TEST_P(LeaderDeathAt, AnotherFollowsAtTheEndOfItsLock) {
  const bool in_commit = GetParam();
  ASSERT_NO_FATAL_FAILURE(KillLeader(in_commit));
  std::string end;
  std::string second_began;
  {
    testing::Database db(path_, testing::Database::kPlain);
    EXPECT_EQ(db.Ask("SELECT count(*) FROM _honker_live") == "0", in_commit);
    end = db.Ask("SELECT expires_at FROM _honker_locks WHERE name = 'honker-scheduler'");
    ASSERT_NE(end, "") << "the dead leader's lock";
    db.Run(
        "UPDATE _honker_scheduler_tasks SET next_fire_at = unixepoch() - 600 "
        "WHERE name = 'second'");
    second_began = db.Ask("SELECT next_fire_at FROM _honker_scheduler_tasks WHERE name = 'second'");
  }
  ASSERT_EQ(Follow(), 0);
  testing::Database db(path_, testing::Database::kPlain);
  EXPECT_EQ(Fired(db, "first", "SELECT next_fire_at FROM began"), "each once");
  EXPECT_EQ(Fired(db, "second", second_began), "each once");
  EXPECT_EQ(db.Ask("SELECT min(created_at) >= " + end +
                   " FROM _honker_live "
                   "WHERE queue = 'second'"),
            "1")
      << "before the dead leader's time was over";
  EXPECT_EQ(db.Ask("SELECT count(*) FROM _honker_locks"), "0") << "the follower gives it back";
}

INSTANTIATE_TEST_SUITE_P(, LeaderDeathAt, ::testing::Bool(), [](const auto& info) {
  return info.param ? "InTheCommitOfATick" : "AfterATick";
});

}  // namespace
}  // namespace honker
