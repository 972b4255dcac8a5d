// Publishing, reading, offsets, and subscriptions that go on where they were.
#include <thread>

#include "core/api/testing.h"

namespace honker {
namespace {

using namespace std::chrono_literals;
using testing::ApiTest;
using testing::kLimit;
using testing::kNoIdlePoll;
using testing::Must;

class StreamTest : public ApiTest {
 protected:
  static std::string Read(Subscription& subscription) {
    const std::optional<Event> next = Must<std::optional<Event>>(subscription.Next(0ms));
    return next ? next->payload : "nothing";
  }
  // Offsets are saved by count only.
  static SubscribeOptions EveryTwo() { return {.save_every = 2, .save_interval = 24h}; }

  Stream stream_{db(), "t"};
};

TEST_F(StreamTest, PublishAndReadSince) {
  const int64_t first = Must(stream_.Publish("a", "key"));
  Must(Stream(db(), "other").Publish("x"));
  const int64_t second = Must(stream_.Publish("b"));
  EXPECT_GT(second, first);
  const std::vector<Event> events = Must(stream_.ReadSince(0, 10));
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].offset, first);
  EXPECT_EQ(events[0].topic, "t");
  EXPECT_EQ(events[0].key, "key");
  EXPECT_EQ(events[0].payload, "a");
  EXPECT_EQ(events[1].key, std::nullopt);
  EXPECT_EQ(Must(stream_.ReadSince(first, 1)).at(0).payload, "b");
  EXPECT_EQ(stream_.ReadSince(0, -1).ok(), false);
}

TEST_F(StreamTest, OffsetsNeverGoBack) {
  EXPECT_EQ(Must(stream_.GetOffset("c")), 0);
  EXPECT_TRUE(Must(stream_.SaveOffset("c", 5)));
  EXPECT_FALSE(Must(stream_.SaveOffset("c", 4)));
  EXPECT_EQ(Must(stream_.GetOffset("c")), 5);
}

TEST_F(StreamTest, ARowThatCannotBeReadSaysSoAndIsPassed) {
  ASSERT_TRUE(db().Execute("INSERT INTO _honker_stream(topic, payload) VALUES ('t', x'FF')").ok());
  Must(stream_.Publish("b"));
  Subscription subscription = Must(stream_.Subscribe("c"));
  EXPECT_NE(Must(subscription.Next(0ms)).error, "");
  EXPECT_EQ(Read(subscription), "b");
}

TEST_F(StreamTest, OffsetsAreSavedEverySoManyEvents) {
  for (const char* payload : {"a", "b", "c", "d"}) Must(stream_.Publish(payload));
  Subscription subscription = Must(stream_.Subscribe("c", EveryTwo()));
  EXPECT_EQ(Read(subscription), "a");
  EXPECT_EQ(Read(subscription), "b");  // a is handled
  EXPECT_EQ(Must(stream_.GetOffset("c")), 0);
  EXPECT_EQ(Read(subscription), "c");  // and now b
  EXPECT_EQ(Must(stream_.GetOffset("c")), 2);
  // Another process goes on there: c was handed out, but nobody said that it was handled.
  Subscription other = Must(stream_.Subscribe("c", EveryTwo()));
  EXPECT_EQ(Read(other), "c");
  ASSERT_TRUE(other.Save().ok());
  EXPECT_EQ(Must(stream_.GetOffset("c")), 3);
}

TEST_F(StreamTest, TheEndSavesWhatWasHandled) {
  for (const char* payload : {"a", "b"}) Must(stream_.Publish(payload));
  {
    Subscription subscription = Must(stream_.Subscribe("c"));
    EXPECT_EQ(Read(subscription), "a");
    Subscription moved = std::move(subscription);
    EXPECT_EQ(Read(moved), "b");
  }
  EXPECT_EQ(Must(stream_.GetOffset("c")), 1);
}

// Nobody publishes, nothing else ends the wait before the limit: the interval alone saves.
TEST_F(StreamTest, OffsetsAreSavedAfterTheIntervalWhileItWaits) {
  Must(stream_.Publish("a"));
  std::stop_source done;
  std::jthread consumer([this, &done] {
    Stream stream(Another(), "t");
    Subscription subscription = Must(stream.Subscribe(
        "c", {.save_every = 1000, .save_interval = 5ms, .idle_poll = kNoIdlePoll}));
    EXPECT_EQ(Must(subscription.Next(kLimit)).payload, "a");
    EXPECT_EQ(Must<std::optional<Event>>(subscription.Next(kLimit, done.get_token())),
              std::nullopt);
    EXPECT_TRUE(done.stop_requested());
  });
  UpdateEvents events = Must(db().WatchUpdates());
  while (Must(stream_.GetOffset("c")) == 0) ASSERT_EQ(Must(events.Wait(kLimit)), Wake::kUpdate);
  done.request_stop();
}

TEST_F(StreamTest, SavedInTheTransactionOfTheWorkIsExactlyOnce) {
  ASSERT_TRUE(db().Execute("CREATE TABLE seen(payload)").ok());
  for (const char* payload : {"a", "b", "c"}) Must(stream_.Publish(payload));
  for (int round = 0; round < 6; ++round) {
    Subscription subscription = Must(stream_.Subscribe("c"));
    const std::optional<Event> event = Must<std::optional<Event>>(subscription.Next(0ms));
    if (!event) continue;
    Transaction transaction = Must(db().Begin());
    ASSERT_TRUE(db().Execute("INSERT INTO seen VALUES (?1)", {event->payload}).ok());
    ASSERT_TRUE(subscription.Save().ok());
    if (round % 2 == 0) continue;  // the worker dies here
    ASSERT_TRUE(transaction.Commit().ok());
  }
  EXPECT_EQ(Ask("SELECT group_concat(payload) FROM seen"), "a,b,c");
}

TEST_F(StreamTest, APublishWakes) {
  constexpr int kEvents = 50;
  Subscription subscription = Must(stream_.Subscribe("c", {.idle_poll = kNoIdlePoll}));
  std::jthread publisher([this] {
    Database db = Another();
    Stream stream(db, "t");
    Listener heard = Must(Listener::Open(db, "heard"));
    Must(Notify(db, "ready", ""));
    for (int i = 0; i < kEvents; ++i) {
      Must(stream.Publish(std::to_string(i)));
      Must(heard.Next(kLimit));
    }
  });
  for (int i = 0; i < kEvents; ++i) {
    EXPECT_EQ(Must(subscription.Next(kLimit)).payload, std::to_string(i));
    Must(Notify(db(), "heard", ""));
  }
}

TEST_F(StreamTest, AnOlderCopyIsTold) {
  for (const char* payload : {"a", "b"}) Must(stream_.Publish(payload));
  Subscription subscription = Must(stream_.Subscribe("c"));
  EXPECT_EQ(Read(subscription), "a");
  ASSERT_TRUE(subscription.Save().ok());
  EXPECT_EQ(Read(subscription), "b");
  ASSERT_TRUE(db().Execute("DELETE FROM _honker_stream WHERE offset > 1").ok());
  ASSERT_TRUE(
      db().Execute("UPDATE sqlite_sequence SET seq = 1 WHERE name = '_honker_stream'").ok());
  EXPECT_EQ(subscription.Next(0ms).error().code, kRewound);
  Must(stream_.Publish("c"));
  EXPECT_EQ(Read(subscription), "c");
}

}  // namespace
}  // namespace honker
