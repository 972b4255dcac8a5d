// Locks, limits and results: what one holds the others wait for.
#include <thread>

#include "core/api/testing.h"

namespace honker {
namespace {

using namespace std::chrono_literals;
using testing::ApiTest;
using testing::kLimit;
using testing::kNoIdlePoll;
using testing::Must;
using testing::WokenBy;

using LockTest = ApiTest;

Result<std::optional<Lock>> AcquireForEver(Database& db, const std::stop_token& stop) {
  return Lock::Acquire(db, "l", 60s, kNoIdlePoll, stop, {.idle_poll = kNoIdlePoll});
}

TEST_F(LockTest, OneHolderAtATime) {
  Lock lock = Must(Lock::TryAcquire(db(), "l", 600s));
  EXPECT_TRUE(Must(lock.Held()));
  EXPECT_FALSE(Must<std::optional<Lock>>(Lock::TryAcquire(db(), "l", 600s)).has_value());
  EXPECT_TRUE(Must<std::optional<Lock>>(Lock::TryAcquire(db(), "other", 600s)).has_value());
  EXPECT_FALSE(Must<std::optional<Lock>>(Lock::Acquire(db(), "l", 600s, 10ms)).has_value());
  EXPECT_TRUE(Must(lock.Renew(1200s)));
  EXPECT_EQ(
      Ask("SELECT owner, expires_at - unixepoch() > 1000 FROM _honker_locks WHERE name = 'l'"),
      lock.owner() + "|1");
  EXPECT_TRUE(Must(lock.Release()));
  EXPECT_FALSE(Must(lock.Release()));
  EXPECT_FALSE(Must(lock.Renew(60s)));
  EXPECT_FALSE(Lock::TryAcquire(db(), "l", 0s).ok());
}

TEST_F(LockTest, TheEndOfTheScopeReleases) {
  {
    Lock lock = Must(Lock::TryAcquire(db(), "l", 600s));
    Lock moved = std::move(lock);
  }
  EXPECT_EQ(Ask("SELECT count(*) FROM _honker_locks"), "0");
}

TEST_F(LockTest, ALapsedHolderIsTold) {
  Lock lock = Must(Lock::TryAcquire(db(), "l", 600s));
  ASSERT_TRUE(db().Execute("UPDATE _honker_locks SET expires_at = 1").ok());
  EXPECT_FALSE(Must(lock.Held()));
  EXPECT_FALSE(Must(lock.Renew(600s)));
  EXPECT_TRUE(Must<std::optional<Lock>>(Lock::TryAcquire(db(), "l", 600s)).has_value());
}

// Deadline, idle poll and the end of the holder's time are a day away: only the release can end
// the wait.
TEST_F(LockTest, AReleaseWakesTheWaiter) {
  std::optional<Lock> lock = Must(Lock::TryAcquire(db(), "l", 24h));
  EXPECT_TRUE(
      WokenBy<Lock>(Another(), "_honker_locks", AcquireForEver, [&] { lock.reset(); }).has_value());
}

// No commit tells it: only the deadline of the lock can end the wait.
TEST_F(LockTest, TheEndOfADeadHoldersTimeWakesTheWaiter) {
  ASSERT_TRUE(db().Execute("SELECT honker_lock_acquire('l', 'dead', 2)").ok());
  const std::string end = Ask("SELECT expires_at FROM _honker_locks");
  EXPECT_TRUE(WokenBy<Lock>(
                  Another(), "_honker_locks",
                  [&](Database& own, const auto& stop) {
                    auto lock = AcquireForEver(own, stop);
                    EXPECT_EQ(Ask("SELECT unixepoch() >= " + end), "1");
                    return lock;
                  },
                  [] {})
                  .has_value());
}

TEST_F(LockTest, AStopEndsTheWait) {
  Lock lock = Must(Lock::TryAcquire(db(), "l", 6000s));
  std::stop_source stop;
  std::jthread stopper([&stop] { stop.request_stop(); });
  EXPECT_FALSE(
      Must<std::optional<Lock>>(Lock::Acquire(db(), "l", 60s, 1h, stop.get_token())).has_value());
}

TEST_F(LockTest, ALimitGrantsSoManyInAWindow) {
  RateLimit limit(db(), "r", 2, std::chrono::hours(24 * 365 * 1000));
  EXPECT_TRUE(Must(limit.Try()));
  EXPECT_TRUE(Must(limit.Take(0ms)));
  EXPECT_FALSE(Must(limit.Try()));
  EXPECT_FALSE(Must(limit.Take(10ms)));
  EXPECT_EQ(Must(RateLimit::Sweep(db(), 0s)), 0);
  std::stop_source stop;
  std::jthread stopper([&stop] { stop.request_stop(); });
  EXPECT_FALSE(Must(limit.Take(std::chrono::hours(1), stop.get_token())));
  EXPECT_FALSE(RateLimit(db(), "r", 0, 1s).Try().ok());
  EXPECT_FALSE(RateLimit(db(), "r", 1, 0s).Take(10ms).ok());
}

TEST_F(LockTest, TheNextWindowGrantsAgain) {
  RateLimit limit(db(), "r", 1, 1s);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Must(limit.Take(kLimit)));
  EXPECT_EQ(Ask("SELECT max(count) FROM _honker_rate_limits"), "1");
}

TEST_F(LockTest, ResultsAreThereUntilTheirTimeHasPassed) {
  EXPECT_EQ(Must<std::optional<std::string>>(GetResult(db(), 7)), std::nullopt);
  ASSERT_TRUE(SaveResult(db(), 7, "", 60s).ok());
  EXPECT_EQ(Must(GetResult(db(), 7)), "");
  ASSERT_TRUE(db().Execute("UPDATE _honker_results SET expires_at = 1").ok());
  EXPECT_EQ(Must<std::optional<std::string>>(GetResult(db(), 7)), std::nullopt);
  EXPECT_EQ(Must<std::optional<std::string>>(WaitResult(db(), 7, 10ms)), std::nullopt);
  EXPECT_EQ(Must(SweepResults(db())), 1);
  ASSERT_TRUE(SaveResult(db(), 7, "x", std::nullopt).ok());
  EXPECT_EQ(Ask("SELECT expires_at FROM _honker_results"), "NULL");
  EXPECT_EQ(SaveResult(db(), 7, "x", 0s).error().code, SQLITE_MISUSE);
}

TEST_F(LockTest, SavingWakesWhoWaitsForTheResult) {
  const auto wait = [](Database& own, const std::stop_token& stop) {
    return WaitResult(own, 2, kNoIdlePoll, stop, {.idle_poll = kNoIdlePoll});
  };
  const std::optional<std::string> result =
      WokenBy<std::string>(Another(), "honker_result_get", wait, [this] {
        ASSERT_TRUE(SaveResult(db(), 1, "other", 60s).ok());
        ASSERT_TRUE(SaveResult(db(), 2, "4", 60s).ok());
      });
  EXPECT_EQ(result, "4");
}

}  // namespace
}  // namespace honker
