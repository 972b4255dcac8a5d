// The iterator over jobs: what wakes it, and that each of these does so without the others.
#include <filesystem>
#include <thread>

#include "core/api/testing.h"

namespace honker {
namespace {

using namespace std::chrono_literals;
using testing::ApiTest;
using testing::kLimit;
using testing::kNoIdlePoll;
using testing::Must;

class ClaimsTest : public ApiTest {
 protected:
  static std::optional<std::string> Payload(Result<std::optional<Job>> job) {
    const std::optional<Job> found = Must<std::optional<Job>>(std::move(job));
    if (!found) return std::nullopt;
    return found->payload();
  }

  Queue queue_{db(), "q"};
};

TEST_F(ClaimsTest, WhatIsDueComesAtOnceAndInOrder) {
  for (const char* payload : {"a", "b", "c"}) Must(queue_.Enqueue(payload));
  Claims claims = Must(queue_.Claim({.batch = 2}));
  EXPECT_EQ(Payload(claims.Next(0ms)), "a");
  EXPECT_EQ(Payload(claims.Next(0ms)), "b");
  EXPECT_EQ(Payload(claims.Next(0ms)), "c");
  EXPECT_EQ(Payload(claims.Next(0ms)), std::nullopt);
}

// Each job is enqueued, by another connection, only after the one before has come: nothing but its
// commit can wake.
TEST_F(ClaimsTest, ACommitWakes) {
  constexpr int kJobs = 50;
  std::jthread producer([this] {
    Database db = Another();
    Queue jobs(db, "q");
    Queue answers(db, "answers");
    Claims came = Must(answers.Claim({.idle_poll = kNoIdlePoll}));
    for (int i = 0; i < kJobs; ++i) {
      Must(jobs.Enqueue(std::to_string(i)));
      Must(Must(came.Next(kLimit)).Ack());
    }
  });
  Claims claims = Must(queue_.Claim({.idle_poll = kNoIdlePoll}));
  Queue answers(db(), "answers");
  for (int i = 0; i < kJobs; ++i) {
    Job job = Must(claims.Next(kLimit));
    EXPECT_EQ(job.payload(), std::to_string(i));
    Must(job.Ack());
    Must(answers.Enqueue("came"));
  }
}

TEST_F(ClaimsTest, TheMomentWakesWithoutACommit) {
  Must(queue_.Enqueue("p", {.delay = 1s}));
  Claims claims = Must(queue_.Claim({.idle_poll = kNoIdlePoll}));
  EXPECT_EQ(Payload(claims.Next(kLimit)), "p");
}

TEST_F(ClaimsTest, TheEndOfALeaseWakesWithoutACommit) {
  Must(queue_.Enqueue("p"));
  ASSERT_EQ(Must(queue_.ClaimBatch({.lease = 1s})).size(), 1U);
  Claims claims = Must(queue_.Claim({.idle_poll = kNoIdlePoll}));
  EXPECT_EQ(Must(claims.Next(kLimit)).attempts(), 2);
}

// A stream of commits that concern somebody else keeps neither the moment nor the deadline away.
TEST_F(ClaimsTest, CommitsOfOthersStarveNothing) {
  std::jthread noise([this](const std::stop_token& stop) {
    Queue other(Another(), "other");
    while (!stop.stop_requested()) Must(other.Enqueue("p"));
  });
  Must(queue_.Enqueue("p", {.delay = 1s}));
  Claims claims = Must(queue_.Claim({.idle_poll = kNoIdlePoll}));
  EXPECT_EQ(Payload(claims.Next(kLimit)), "p");
  EXPECT_EQ(Payload(claims.Next(20ms)), std::nullopt);
}

// Nor the idle poll: commits that come faster than it do not put it off. The job whose last attempt
// died is found by nothing else.
TEST_F(ClaimsTest, CommitsOfOthersDoNotPutTheIdlePollOff) {
  Must(queue_.Enqueue("p", {.max_attempts = 1}));
  ASSERT_EQ(Must(queue_.ClaimBatch({.lease = 2s})).size(), 1U);
  std::stop_source buried;
  std::jthread noise([this, &buried](const std::stop_token& stop) {
    Database db = Another();
    Queue other(db, "other");
    while (!stop.stop_requested() && !buried.stop_requested()) {
      Must(other.Enqueue("p"));
      if (!Must(db.Query("SELECT 1 FROM _honker_dead")).empty()) buried.request_stop();
    }
  });
  Claims claims = Must(queue_.Claim({.idle_poll = 1s}));
  EXPECT_EQ(Payload(claims.Next(kLimit, buried.get_token())), std::nullopt);
  EXPECT_TRUE(buried.stop_requested());
}

// Nothing else happens on the queue: the idle poll alone brings the exhausted job to its end.
TEST_F(ClaimsTest, TheIdlePollBuriesAJobWhoseLastAttemptDied) {
  Must(queue_.Enqueue("p", {.max_attempts = 1}));
  ASSERT_EQ(Must(queue_.ClaimBatch()).size(), 1U);
  Claims claims = Must(queue_.Claim({.idle_poll = 1ms}));
  ASSERT_TRUE(db().Execute("UPDATE _honker_live SET claim_expires_at = 1").ok());
  EXPECT_EQ(Payload(claims.Next(50ms)), std::nullopt);
  EXPECT_EQ(Ask("SELECT last_error FROM _honker_dead"), "max attempts exceeded");
}

TEST_F(ClaimsTest, AStopEndsTheWait) {
  Claims claims = Must(queue_.Claim({.idle_poll = kNoIdlePoll}));
  std::stop_source stop;
  std::jthread stopper([&stop] { stop.request_stop(); });
  EXPECT_EQ(Payload(claims.Next(1h, stop.get_token())), std::nullopt);
  // The iterator is as good as before.
  Must(queue_.Enqueue("p"));
  EXPECT_EQ(Payload(claims.Next(1h, stop.get_token())), std::nullopt);
  EXPECT_EQ(Payload(claims.Next(kLimit)), "p");
}

TEST_F(ClaimsTest, AStopEndsTheWaitForAWriter) {
  Must(queue_.Enqueue("p"));
  Claims claims = Must(queue_.Claim());
  Database other = Another();
  Transaction holder = Must(other.Begin());
  std::stop_source stop;
  std::jthread stopper([&stop] { stop.request_stop(); });
  EXPECT_EQ(Payload(claims.Next(1h, stop.get_token())), std::nullopt);
}

TEST_F(ClaimsTest, AJobWhoseLeaseRanOutInTheBatchIsNotHandedOut) {
  Must(queue_.Enqueue("a"));
  Must(queue_.Enqueue("b"));
  Claims claims = Must(queue_.Claim({.batch = 2, .lease = 1s}));
  EXPECT_EQ(Payload(claims.Next(0ms)), "a");
  // Claimed together with a; meanwhile its lease ends and another takes it.
  std::optional<Job> taken;
  Database other = Another();
  Claims others = Must(Queue(other, "q").Claim({.lease = 600s, .idle_poll = kNoIdlePoll}));
  std::vector<std::string> got;
  while (got.size() < 2) got.push_back(Must(others.Next(kLimit)).payload());
  EXPECT_THAT(got, ::testing::UnorderedElementsAre("a", "b"));
  EXPECT_EQ(Payload(claims.Next(0ms)), std::nullopt);
}

TEST_F(ClaimsTest, AReplacedFileIsTold) {
  Claims claims = Must(queue_.Claim({.idle_poll = kNoIdlePoll}));
  { Must(Database::Open(scratch_.Path("b.db"))); }
  std::filesystem::rename(scratch_.Path("b.db"), scratch_.Path("a.db"));
  for (int i = 0; i < 2; ++i) {
    const Result<std::optional<Job>> job = claims.Next(kLimit);
    ASSERT_FALSE(job.ok());
    EXPECT_EQ(job.error().code, kWatcherDied);
    EXPECT_EQ(job.error().message,
              "honker: update watcher died (database file likely replaced; recreate "
              "honker.open() to recover)");
  }
}

TEST_F(ClaimsTest, NotInsideATransaction) {
  Claims claims = Must(queue_.Claim());
  Transaction transaction = Must(db().Begin());
  const Result<std::optional<Job>> job = claims.Next(0ms);
  ASSERT_FALSE(job.ok());
  EXPECT_EQ(job.error().code, SQLITE_MISUSE);
}

}  // namespace
}  // namespace honker
