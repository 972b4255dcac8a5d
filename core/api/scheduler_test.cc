// Schedules through the API, and who leads.
#include <atomic>
#include <thread>

#include "core/api/testing.h"

namespace honker {
namespace {

using namespace std::chrono_literals;
using testing::ApiTest;
using testing::kLimit;
using testing::kNoIdlePoll;
using testing::Must;

class SchedulerTest : public ApiTest {
 protected:
  // What is due makes no commit of its own: the schedules have to be looked at for it.
  void MakeDue(const std::string& name) {
    ASSERT_TRUE(db().Execute("UPDATE _honker_scheduler_tasks SET next_fire_at = unixepoch() "
                             "WHERE name = ?1",
                             {name})
                    .ok());
  }

  Scheduler scheduler_{db()};
};

TEST_F(SchedulerTest, TheCallsOfASchedule) {
  EXPECT_EQ(Must<std::optional<int64_t>>(scheduler_.Soonest()), std::nullopt);
  ASSERT_TRUE(scheduler_
                  .Register({.name = "n",
                             .queue = "q",
                             .expr = "@every 1h",
                             .payload = "p",
                             .priority = 2,
                             .expires = 60s,
                             .max_attempts = 5})
                  .ok());
  Schedule listed = Must(scheduler_.List()).at(0);
  EXPECT_EQ(listed.name, "n");
  EXPECT_EQ(listed.expr, "@every 1h");
  EXPECT_EQ(listed.expires, 60s);
  EXPECT_EQ(listed.max_attempts, 5);
  EXPECT_TRUE(listed.enabled);
  EXPECT_EQ(Must(scheduler_.Soonest()), listed.next_fire_at);

  EXPECT_TRUE(Must(scheduler_.Update(
      "n", {.payload = "new", .expires = std::optional<std::chrono::seconds>()})));
  EXPECT_TRUE(Must(scheduler_.Pause("n")));
  listed = Must(scheduler_.List()).at(0);
  EXPECT_EQ(listed.payload, "new");
  EXPECT_EQ(listed.expires, std::nullopt);
  EXPECT_EQ(listed.priority, 2);
  EXPECT_EQ(listed.max_attempts, 5);
  EXPECT_FALSE(listed.enabled);
  EXPECT_TRUE(Must(scheduler_.Resume("n")));
  EXPECT_TRUE(Must(scheduler_.Unregister("n")));
  EXPECT_FALSE(Must(scheduler_.Unregister("n")));
  const Status bad = scheduler_.Register({.name = "n", .queue = "q", .expr = "61 * * * *"});
  ASSERT_FALSE(bad.ok());
  EXPECT_THAT(bad.error().message, ::testing::HasSubstr("minute"));
}

TEST_F(SchedulerTest, ATickFires) {
  ASSERT_TRUE(scheduler_.Register({.name = "n", .queue = "q", .expr = "@every 1h"}).ok());
  const int64_t moment = Must(scheduler_.Soonest());
  EXPECT_TRUE(Must(scheduler_.Tick(std::chrono::sys_seconds(1s))).empty());
  const std::vector<Fire> fires =
      Must(scheduler_.Tick(std::chrono::sys_seconds(std::chrono::seconds(moment))));
  ASSERT_EQ(fires.size(), 1U);
  EXPECT_EQ(fires[0].name, "n");
  EXPECT_EQ(fires[0].fire_at, moment);
  EXPECT_EQ(Must(Queue(db(), "q").GetJob(fires[0].job_id)).queue, "q");
}

// Registered while it runs, fired at its moment, on both without the idle poll.
TEST_F(SchedulerTest, RunFiresWhatIsRegisteredLater) {
  std::jthread runner([this](const std::stop_token& stop) {
    Database own = Another();
    EXPECT_TRUE(Scheduler(own).Run(kLimit, stop, {.idle_poll = kNoIdlePoll}).ok());
  });
  ASSERT_TRUE(scheduler_.Register({.name = "n", .queue = "q", .expr = "@every 1s"}).ok());
  Claims claims = Must(Queue(db(), "q").Claim({.idle_poll = kNoIdlePoll}));
  for (int i = 0; i < 2; ++i) Must(Must(claims.Next(kLimit)).Ack());
  runner.request_stop();
  runner.join();
  EXPECT_EQ(Ask("SELECT count(*) FROM _honker_locks"), "0") << "the end gives the lock back";
}

// Each moment once, however many run; when the leader ends another follows at once.
TEST_F(SchedulerTest, OneLeadsAndAnotherFollows) {
  ASSERT_TRUE(scheduler_.Register({.name = "n", .queue = "q", .expr = "@every 1s"}).ok());
  std::atomic<int> fired[2] = {0, 0};
  std::vector<std::jthread> runners;
  for (std::atomic<int>& count : fired) {
    runners.emplace_back([this, &count](const std::stop_token& stop) {
      Database own = Another();
      EXPECT_TRUE(Scheduler(own)
                      .Run(kLimit, stop,
                           {.idle_poll = kNoIdlePoll, .on_fire = [&](const Fire&) { ++count; }})
                      .ok());
    });
  }
  Claims claims = Must(Queue(db(), "q").Claim({.idle_poll = kNoIdlePoll}));
  Must(Must(claims.Next(kLimit)).Ack());
  while (fired[0] + fired[1] == 0) std::this_thread::yield();  // told after the commit
  const size_t leader = fired[0] > 0 ? 0 : 1;
  EXPECT_EQ(fired[1 - leader], 0);
  runners[leader].request_stop();
  runners[leader].join();
  const int before = fired[leader];
  for (int i = 0; i < before + 1; ++i) Must(Must(claims.Next(kLimit)).Ack());
  while (fired[1 - leader] == 0) std::this_thread::yield();
  runners.clear();
  EXPECT_EQ(Ask("SELECT (SELECT seq FROM sqlite_sequence WHERE name = '_honker_live')"),
            std::to_string(fired[0] + fired[1]));
}

// Somebody else got the lock (ours ran out while we were suspended): not one tick more.
TEST_F(SchedulerTest, OwnershipIsCheckedBeforeEachTick) {
  ASSERT_TRUE(scheduler_.Register({.name = "n", .queue = "q", .expr = "@every 1h"}).ok());
  std::atomic<int> fired = 0;
  std::jthread runner([this, &fired](const std::stop_token& stop) {
    Database own = Another();
    EXPECT_TRUE(
        Scheduler(own)
            .Run(kLimit, stop, {.idle_poll = kNoIdlePoll, .on_fire = [&](const Fire&) { ++fired; }})
            .ok());
  });
  UpdateEvents events = Must(db().WatchUpdates());
  MakeDue("n");
  while (fired == 0) Must(events.Wait(kLimit));
  std::string end;
  {
    Transaction transaction = Must(db().Begin());
    const std::vector<Row> rows =
        Must(db().Query("UPDATE _honker_locks SET owner = 'usurper', "
                        "expires_at = unixepoch() + 2 RETURNING CAST(expires_at AS TEXT)"));
    end = std::get<std::string>(rows.at(0)[0]);
    MakeDue("n");
    ASSERT_TRUE(transaction.Commit().ok());
  }
  // It is due, but it fires only when the usurper's time is over and the lock is its own again.
  while (fired == 1) Must(events.Wait(kLimit));
  EXPECT_EQ(Ask("SELECT count(*), max(created_at) >= " + end + " FROM _honker_live"), "2|1");
  EXPECT_NE(Ask("SELECT owner FROM _honker_locks"), "usurper");
}

// A leader renews: with a time to live of 2 s it still leads after more than that.
TEST_F(SchedulerTest, TheLeaderRenewsItsLock) {
  std::jthread runner([this](const std::stop_token& stop) {
    Database own = Another();
    EXPECT_TRUE(
        Scheduler(own)
            .Run(kLimit, stop, {.lock_ttl = 2s, .heartbeat = 100ms, .idle_poll = kNoIdlePoll})
            .ok());
  });
  UpdateEvents events = Must(db().WatchUpdates());
  const auto holder = [this](const char* column) {
    return Must(db().Query(std::string("SELECT ") + column + " FROM _honker_locks"));
  };
  while (holder("owner").empty()) ASSERT_EQ(Must(events.Wait(kLimit)), Wake::kUpdate);
  const std::vector<Row> owner = holder("owner");
  const int64_t end = std::get<int64_t>(holder("expires_at")[0][0]);
  while (std::get<int64_t>(holder("expires_at").at(0)[0]) <= end + 2) {
    ASSERT_EQ(Must(events.Wait(kLimit)), Wake::kUpdate);
  }
  EXPECT_EQ(holder("owner"), owner);
}

TEST_F(SchedulerTest, AScheduleThatCannotFireIsToldAndStopsNoOther) {
  ASSERT_TRUE(scheduler_.Register({.name = "bad", .queue = "q", .expr = "@every 1h"}).ok());
  ASSERT_TRUE(
      db().Execute("UPDATE _honker_scheduler_tasks SET cron_expr = 'nonsense', next_fire_at = 1")
          .ok());
  ASSERT_TRUE(scheduler_.Register({.name = "good", .queue = "q", .expr = "@every 1s"}).ok());
  std::atomic<bool> told = false;
  std::jthread runner([this, &told](const std::stop_token& stop) {
    Database own = Another();
    EXPECT_TRUE(Scheduler(own)
                    .Run(kLimit, stop,
                         {.on_fire =
                              [&](const Fire& fire) {
                                if (fire.name == "bad" && !fire.error.empty()) told = true;
                              }})
                    .ok());
  });
  Claims claims = Must(Queue(db(), "q").Claim({.idle_poll = kNoIdlePoll}));
  Must(Must(claims.Next(kLimit)).Ack());
  while (!told) std::this_thread::yield();
  EXPECT_NE(Must(scheduler_.List()).at(0).error, "");
}

}  // namespace
}  // namespace honker
