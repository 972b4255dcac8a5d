// The calls of a queue, one by one. Times are set in the rows, never waited for.
#include "core/api/testing.h"

namespace honker {
namespace {

using namespace std::chrono_literals;
using testing::ApiTest;
using testing::Must;

class QueueTest : public ApiTest {
 protected:
  Queue queue_{db(), "q"};
};

TEST_F(QueueTest, EnqueueStoresTheOptions) {
  const int64_t id = Must(queue_.Enqueue("p", {.run_at = std::chrono::sys_seconds(500s),
                                               .priority = 7,
                                               .max_attempts = 2,
                                               .expires = 90s}));
  EXPECT_EQ(
      Ask("SELECT id, queue, payload, run_at, priority, max_attempts, expires_at - created_at "
          "FROM _honker_live"),
      std::to_string(id) + "|q|p|500|7|2|90");
  Must(queue_.Enqueue("later", {.delay = 60s}));
  EXPECT_EQ(Ask("SELECT run_at - created_at FROM _honker_live WHERE payload = 'later'"), "60");
}

TEST_F(QueueTest, AnyTextComesBackAsItWentIn) {
  using namespace std::string_literals;
  const std::string text = "\"\\\0\x01 \xC3\xA4 \xF0\x9F\x90\xA6 {}"s;
  Queue odd(db(), text);
  Must(odd.Enqueue(text));
  const std::vector<Job> jobs = Must(odd.ClaimBatch({.worker = "w\0\xC3\xA4"s}));
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs[0].payload(), text);
  EXPECT_EQ(jobs[0].queue(), text);
  const Result<int64_t> broken = queue_.Enqueue("\xFF");
  ASSERT_FALSE(broken.ok());
  EXPECT_THAT(broken.error().message, ::testing::HasSubstr("honker_enqueue: argument 2 (payload)"));
}

TEST_F(QueueTest, ClaimsInOrderAndFillsTheJob) {
  Must(queue_.Enqueue("second"));
  const int64_t first = Must(queue_.Enqueue("first", {.priority = 1}));
  Must(queue_.Enqueue("later", {.delay = 1h}));
  std::vector<Job> jobs = Must(queue_.ClaimBatch({.worker = "me", .batch = 10, .lease = 30s}));
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(jobs[0].id(), first);
  EXPECT_EQ(jobs[0].payload(), "first");
  EXPECT_EQ(jobs[0].attempts(), 1);
  EXPECT_EQ(jobs[1].payload(), "second");
  EXPECT_EQ(Ask("SELECT worker_id, claim_expires_at FROM _honker_live WHERE id = " +
                std::to_string(first)),
            jobs[0].worker_id() + "|" + std::to_string(jobs[0].claim_expires_at()));
  EXPECT_TRUE(jobs[0].worker_id().starts_with("me-"));
  EXPECT_TRUE(Must(queue_.ClaimBatch()).empty());
  EXPECT_TRUE(Must(jobs[0].Ack()));
  EXPECT_FALSE(Must(jobs[0].Ack()));
}

// The same process holds the job again: its former claim must not finish the new one.
TEST_F(QueueTest, AFormerClaimFinishesNothing) {
  Must(queue_.Enqueue("p"));
  Job former = std::move(Must(queue_.ClaimBatch({.worker = "w"})).at(0));
  ASSERT_TRUE(db().Execute("UPDATE _honker_live SET claim_expires_at = 1").ok());
  Job present = std::move(Must(queue_.ClaimBatch({.worker = "w"})).at(0));
  EXPECT_EQ(former.id(), present.id());
  EXPECT_FALSE(Must(former.Ack()));
  EXPECT_TRUE(Must(present.Ack()));
}

TEST_F(QueueTest, RetryFailHeartbeatAndCancel) {
  const int64_t id = Must(queue_.Enqueue("p", {.max_attempts = 2}));
  Job first = std::move(Must(queue_.ClaimBatch({.lease = 60s})).at(0));
  EXPECT_TRUE(Must(first.Heartbeat(600s)));
  EXPECT_EQ(Ask("SELECT claim_expires_at - unixepoch() > 500 FROM _honker_live"), "1");
  EXPECT_TRUE(Must(first.Retry(0s, "not yet")));
  EXPECT_FALSE(Must(first.Heartbeat(600s)));
  Job last = std::move(Must(queue_.ClaimBatch()).at(0));
  EXPECT_EQ(last.attempts(), 2);
  EXPECT_TRUE(Must(last.Retry(0s, "given up")));
  EXPECT_EQ(Ask("SELECT id, last_error FROM _honker_dead"), std::to_string(id) + "|given up");

  Must(queue_.Enqueue("p"));
  EXPECT_TRUE(Must(Must(queue_.ClaimBatch()).at(0).Fail("hopeless")));
  EXPECT_EQ(Ask("SELECT last_error FROM _honker_dead WHERE id > " + std::to_string(id)),
            "hopeless");

  const int64_t held = Must(queue_.Enqueue("p"));
  Job job = std::move(Must(queue_.ClaimBatch()).at(0));
  EXPECT_TRUE(Must(queue_.Cancel(held)));
  EXPECT_FALSE(Must(queue_.Cancel(held)));
  EXPECT_FALSE(Must(job.Fail("too late")));
}

TEST_F(QueueTest, GetJobShowsTheRow) {
  const int64_t id = Must(queue_.Enqueue("p", {.priority = 4}));
  JobInfo job = Must(queue_.GetJob(id));
  EXPECT_EQ(job.payload, "p");
  EXPECT_EQ(job.state, "pending");
  EXPECT_EQ(job.priority, 4);
  EXPECT_EQ(job.claim_expires_at, std::nullopt);
  const Job claimed = std::move(Must(queue_.ClaimBatch()).at(0));
  job = Must(queue_.GetJob(id));
  EXPECT_EQ(job.state, "processing");
  EXPECT_EQ(job.worker_id, claimed.worker_id());
  EXPECT_EQ(job.claim_expires_at, claimed.claim_expires_at());
  EXPECT_EQ(Must<std::optional<JobInfo>>(queue_.GetJob(id + 1)), std::nullopt);
}

TEST_F(QueueTest, AckBatchTakesClaimsOfSeveralCalls) {
  for (int i = 0; i < 4; ++i) Must(queue_.Enqueue("p"));
  std::vector<Job> jobs = Must(queue_.ClaimBatch({.batch = 3}));
  jobs.push_back(std::move(Must(queue_.ClaimBatch()).at(0)));
  ASSERT_TRUE(Must(queue_.Cancel(jobs[1].id())));
  EXPECT_EQ(Must(queue_.AckBatch(jobs)), 3);
  EXPECT_EQ(Must(queue_.AckBatch(jobs)), 0);
  EXPECT_EQ(Must(queue_.AckBatch({})), 0);

  // Part of the caller's transaction.
  Must(queue_.Enqueue("p"));
  jobs = Must(queue_.ClaimBatch());
  {
    Transaction transaction = Must(db().Begin());
    EXPECT_EQ(Must(queue_.AckBatch(jobs)), 1);
  }
  EXPECT_EQ(Must(queue_.AckBatch(jobs)), 1);
}

TEST_F(QueueTest, SweepExpiredBuriesThem) {
  Must(queue_.Enqueue("p", {.expires = 60s}));
  EXPECT_EQ(Must(queue_.SweepExpired()), 0);
  ASSERT_TRUE(db().Execute("UPDATE _honker_live SET expires_at = 1").ok());
  EXPECT_EQ(Must(queue_.SweepExpired()), 1);
  EXPECT_EQ(Ask("SELECT last_error FROM _honker_dead"), "expired");
}

TEST_F(QueueTest, NextClaimAtNamesTheMoment) {
  EXPECT_EQ(Must<std::optional<int64_t>>(queue_.NextClaimAt()), std::nullopt);
  Must(queue_.Enqueue("p", {.run_at = std::chrono::sys_seconds(500s)}));
  EXPECT_EQ(Must(queue_.NextClaimAt()), 500);
}

TEST_F(QueueTest, ErrorsKeepSqlitesCode) {
  Database other = Another();
  ASSERT_TRUE(db().Execute("DROP TABLE _honker_live").ok());
  const Result<int64_t> id = Queue(other, "q").Enqueue("p");
  ASSERT_FALSE(id.ok());
  EXPECT_EQ(id.error().code, SQLITE_ERROR);
  EXPECT_THAT(id.error().message, ::testing::HasSubstr("no such table: main._honker_live"));
}

}  // namespace
}  // namespace honker
