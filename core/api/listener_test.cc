// Listening: from the subscription on, each once, in order, nothing that rolled back, and told
// where something is missing.
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

class ListenerTest : public ApiTest {
 protected:
  static std::string Heard(Listener& listener) {
    const std::optional<Notification> next = Must<std::optional<Notification>>(listener.Next(0ms));
    return next ? next->payload : "nothing";
  }
};

TEST_F(ListenerTest, FromTheSubscriptionOnAndItsChannelOnly) {
  Must(Notify(db(), "c", "before"));
  Listener listener = Must(Listener::Open(db(), "c"));
  Must(Notify(db(), "other", "x"));
  const int64_t id = Must(Notify(db(), "c", "a"));
  {
    Transaction transaction = Must(db().Begin());
    Must(Notify(db(), "c", "rolled back"));
  }
  Must(Notify(db(), "c", "b"));
  const Notification first = Must(listener.Next(0ms));
  EXPECT_EQ(first.id, id);
  EXPECT_EQ(first.channel, "c");
  EXPECT_EQ(first.payload, "a");
  EXPECT_GT(first.created_at, 0);
  EXPECT_EQ(Heard(listener), "b");
  EXPECT_EQ(Heard(listener), "nothing");
}

// Two writers, one of which takes every second transaction back; nothing but commits wakes.
TEST_F(ListenerTest, GapFreeUnderConcurrentWriters) {
  constexpr int kEach = 100;
  Listener listener = Must(Listener::Open(db(), "c"));
  std::vector<std::jthread> writers;
  for (const char* writer : {"a", "b"}) {
    writers.emplace_back([this, writer] {
      Database db = Another();
      for (int i = 0; i < kEach; ++i) {
        if (i % 2 == 0) {
          Transaction transaction = Must(db.Begin());
          Must(Notify(db, "c", "rolled back"));
        }
        Must(Notify(db, "c", std::string(writer).append(std::to_string(i))));
      }
    });
  }
  int next[2] = {0, 0};
  int64_t last_id = 0;
  for (int i = 0; i < 2 * kEach; ++i) {
    const Notification heard = Must(listener.Next(kLimit));
    EXPECT_GT(heard.id, last_id);
    last_id = heard.id;
    const int writer = heard.payload[0] - 'a';
    ASSERT_TRUE(writer == 0 || writer == 1) << heard.payload;
    EXPECT_EQ(heard.payload.substr(1), std::to_string(next[writer]++));
  }
  EXPECT_EQ(Heard(listener), "nothing");
}

// Deadline and idle poll are a day away.
TEST_F(ListenerTest, ACommitAloneWakesIt) {
  const auto wait = [](Database& own, const std::stop_token& stop) {
    Listener listener = Must(Listener::Open(own, "c", {.idle_poll = kNoIdlePoll}));
    return listener.Next(kNoIdlePoll, stop);
  };
  const auto heard = WokenBy<Notification>(Another(), "_honker_notifications AS n", wait, [this] {
    Must(Notify(db(), "other", "x"));
    Must(Notify(db(), "c", "a"));
  });
  ASSERT_TRUE(heard.has_value());
  EXPECT_EQ(heard->payload, "a");
}

TEST_F(ListenerTest, MoreThanABatchComesInOrder) {
  Listener listener = Must(Listener::Open(db(), "c"));
  ASSERT_TRUE(db().Execute("WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n "
                           "WHERE i < 999) SELECT notify('c', CAST(i AS TEXT)) FROM n")
                  .ok());
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(Heard(listener), std::to_string(i));
  EXPECT_EQ(Heard(listener), "nothing");
}

TEST_F(ListenerTest, PruningByCountAndAge) {
  for (int i = 0; i < 5; ++i) Must(Notify(db(), "c", "p"));
  EXPECT_EQ(Must(PruneNotifications(db(), {})), 0);
  EXPECT_EQ(Must(PruneNotifications(db(), {.max_count = 9})), 0);
  EXPECT_EQ(Must(PruneNotifications(db(), {.max_count = 4})), 1);
  EXPECT_EQ(Must(PruneNotifications(db(), {.max_age = 60s})), 0);
  ASSERT_TRUE(
      db().Execute("UPDATE _honker_notifications SET created_at = created_at - 100 WHERE id < 4")
          .ok());
  EXPECT_EQ(Must(PruneNotifications(db(), {.max_age = 60s})), 2);
  EXPECT_EQ(Ask("SELECT group_concat(id) FROM _honker_notifications"), "4,5");
  EXPECT_EQ(Must(PruneNotifications(db(), {.max_count = 0})), 2);
  EXPECT_EQ(Must(PruneNotifications(db(), {.max_age = 0s, .max_count = 0})), 0);
  EXPECT_EQ(PruneNotifications(db(), {.max_count = -1}).error().code, SQLITE_MISUSE);
  ASSERT_TRUE(db().Execute("SELECT notify('c', 'old')").ok());
  ASSERT_TRUE(db().Execute("UPDATE _honker_notifications SET created_at = 1").ok());
  EXPECT_EQ(Must(PruneNotifications(db(), {.max_age = 60s})), 1);
}

TEST_F(ListenerTest, WhoIsOvertakenByPruningIsToldOnceAndGoesOn) {
  Listener listener = Must(Listener::Open(db(), "c"));
  Must(Notify(db(), "c", "heard"));
  EXPECT_EQ(Heard(listener), "heard");
  // Read before it was pruned: nothing is missing.
  Must(PruneNotifications(db(), {.max_count = 0}));
  EXPECT_EQ(Heard(listener), "nothing");

  Must(Notify(db(), "c", "pruned"));
  Must(Notify(db(), "c", "left"));
  Must(PruneNotifications(db(), {.max_count = 1}));
  const Result<std::optional<Notification>> told = listener.Next(0ms);
  ASSERT_FALSE(told.ok());
  EXPECT_EQ(told.error().code, kPruned);
  EXPECT_EQ(told.error().message,
            "notifications 2 to 2 were pruned before this listener had looked at them");
  EXPECT_EQ(Heard(listener), "left");

  Must(Notify(db(), "c", "pruned"));
  Must(PruneNotifications(db(), {.max_count = 0}));
  EXPECT_EQ(listener.Next(0ms).error().code, kPruned);
  EXPECT_EQ(Heard(listener), "nothing");
  // A listener that comes later misses nothing.
  Listener later = Must(Listener::Open(db(), "c"));
  EXPECT_EQ(Heard(later), "nothing");
}

TEST_F(ListenerTest, AnOlderCopyIsTold) {
  Listener listener = Must(Listener::Open(db(), "c"));
  Must(Notify(db(), "c", "a"));
  EXPECT_EQ(Heard(listener), "a");
  // What a restore in place leaves: the same file, with less in it.
  ASSERT_TRUE(db().Execute("DELETE FROM _honker_notifications").ok());
  ASSERT_TRUE(db().Execute("DELETE FROM sqlite_sequence").ok());
  EXPECT_EQ(listener.Next(0ms).error().code, kRewound);
  Must(Notify(db(), "c", "b"));
  EXPECT_EQ(Heard(listener), "b");
}

TEST_F(ListenerTest, AStopEndsTheWait) {
  Listener listener = Must(Listener::Open(db(), "c"));
  std::stop_source stop;
  std::jthread stopper([&stop] { stop.request_stop(); });
  EXPECT_EQ(Must<std::optional<Notification>>(listener.Next(1h, stop.get_token())), std::nullopt);
}

}  // namespace
}  // namespace honker
