// The pool of threads: what becomes of jobs whose handlers finish, fail, throw, are late or are
// stopped.
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include "core/api/testing.h"

namespace honker {
namespace {

using namespace std::chrono_literals;
using testing::ApiTest;
using testing::kLimit;
using testing::kNoIdlePoll;
using testing::Must;

class WorkerTest : public ApiTest {
 protected:
  // Waits until a query gives that text; a commit must come in between.
  void WaitUntil(const std::string& sql, const std::string& expected) {
    UpdateEvents events = Must(db().WatchUpdates());
    while (Ask(sql) != expected) {
      ASSERT_EQ(Must(events.Wait(kLimit)), Wake::kUpdate) << Ask(sql);
    }
  }
  static Outcome UntilStopped(const JobContext& context) {
    std::mutex mutex;
    std::unique_lock<std::mutex> lock(mutex);
    std::condition_variable_any never;
    never.wait(lock, context.stop, [] { return false; });
    return Outcome::Retry("stopped", 0s);
  }

  Queue queue_{db(), "q"};
};

TEST(RetryPolicy, GrowsToItsLimit) {
  const RetryPolicy policy{.base = 2s, .factor = 3.0, .max = 50s};
  EXPECT_EQ(policy.DelayAfter(1), 2s);
  EXPECT_EQ(policy.DelayAfter(2), 6s);
  EXPECT_EQ(policy.DelayAfter(3), 18s);
  EXPECT_EQ(policy.DelayAfter(4), 50s);
  EXPECT_EQ(policy.DelayAfter(INT64_MAX), 50s);
  EXPECT_EQ((RetryPolicy{.base = 0s}.DelayAfter(INT64_MAX >> 40)), 0s);
  EXPECT_EQ((RetryPolicy{.base = 5s, .factor = 1.0}.DelayAfter(INT64_MAX)), 5s);
  EXPECT_EQ((RetryPolicy{.base = -5s}.DelayAfter(1)), 0s);
}

TEST_F(WorkerTest, ThreadsShareTheWorkAndEachJobIsDoneOnce) {
  constexpr int kJobs = 60;
  std::mutex mutex;
  std::multiset<std::string> handled;
  std::set<std::thread::id> threads;
  std::atomic<int> inside = 0;
  Worker worker = Must(Worker::Start(db(), "q",
                                     [&](const JobContext& context) {
                                       // The first two jobs wait for each other: only two threads
                                       // can do them.
                                       ++inside;
                                       while (inside < 2) std::this_thread::yield();
                                       const std::lock_guard<std::mutex> lock(mutex);
                                       handled.insert(context.job.payload());
                                       threads.insert(std::this_thread::get_id());
                                       return Outcome::Done();
                                     },
                                     {.concurrency = 4, .idle_poll = kNoIdlePoll}));
  for (int i = 0; i < kJobs; ++i) Must(queue_.Enqueue(std::to_string(i)));
  WaitUntil("SELECT count(*) FROM _honker_live", "0");
  EXPECT_TRUE(worker.Stop(kLimit));
  EXPECT_TRUE(Must(worker.Wait(0ms)));
  EXPECT_EQ(handled.size(), kJobs);
  EXPECT_EQ(std::set<std::string>(handled.begin(), handled.end()).size(), kJobs);
  EXPECT_GE(threads.size(), 2U);
  EXPECT_EQ(worker.counts().done, kJobs);
}

TEST_F(WorkerTest, OutcomesAndExceptions) {
  Worker worker = Must(Worker::Start(db(), "q",
                                     [](const JobContext& context) -> Outcome {
                                       const std::string& what = context.job.payload();
                                       if (what == "fail") return Outcome::Fail("no");
                                       if (what == "retry") return Outcome::Retry("not yet", 0s);
                                       if (what == "throw") throw std::runtime_error("thrown");
                                       if (what == "throw 7") throw 7;
                                       if (what == "open") {
                                         (void)context.db.Execute("BEGIN");
                                         (void)context.db.Execute("DELETE FROM _honker_live");
                                       }
                                       return Outcome::Done();
                                     },
                                     {.retry = {.base = 0s}, .idle_poll = kNoIdlePoll}));
  Must(queue_.Enqueue("fail"));
  for (const char* what : {"retry", "throw", "throw 7", "open", "done"}) {
    Must(queue_.Enqueue(what, {.max_attempts = 2}));
  }
  WaitUntil("SELECT count(*) FROM _honker_live", "0");
  EXPECT_EQ(Ask("SELECT payload, last_error, attempts FROM _honker_dead ORDER BY id"),
            "fail|no|1\n"
            "retry|not yet|2\n"
            "throw|thrown|2\n"
            "throw 7|the handler threw something that is no std::exception|2\n"
            "open|the handler left a transaction open|2");
  EXPECT_TRUE(worker.Stop(kLimit));
  EXPECT_EQ(worker.counts().done, 1);
  EXPECT_EQ(worker.counts().failed, 1);
  EXPECT_EQ(worker.counts().retried, 8);
}

TEST_F(WorkerTest, RetriesWaitAsThePolicySays) {
  Worker worker =
      Must(Worker::Start(db(), "q", [](const JobContext&) { return Outcome::Retry("no"); },
                         {.retry = {.base = 100s, .factor = 10.0, .max = 5000s}}));
  const std::string id = std::to_string(Must(queue_.Enqueue("p", {.max_attempts = 9})));
  for (const char* delay : {"100", "1000", "5000"}) {
    WaitUntil("SELECT state || (run_at - unixepoch() BETWEEN " + std::string(delay) + " - 50 AND " +
                  delay + ") FROM _honker_live",
              "pending1");
    ASSERT_TRUE(db().Execute("UPDATE _honker_live SET run_at = 1").ok());
  }
}

// The handler never looks at its token. Its job is up for the next attempt all the same, and what
// it says in the end is void.
TEST_F(WorkerTest, ALateHandlersJobGoesToAnotherThread) {
  std::atomic<int> calls = 0;
  std::atomic<bool> second_is_done = false;
  Worker worker = Must(Worker::Start(db(), "q",
                                     [&](const JobContext& context) {
                                       if (++calls == 1) {
                                         while (!second_is_done) std::this_thread::yield();
                                         EXPECT_TRUE(context.stop.stop_requested());
                                         return Outcome::Fail("late");
                                       }
                                       EXPECT_EQ(context.job.attempts(), 2);
                                       second_is_done = true;
                                       return Outcome::Done();
                                     },
                                     {.concurrency = 2,
                                      .handler_timeout = 200ms,
                                      .retry = {.base = 0s},
                                      .idle_poll = kNoIdlePoll}));
  Must(queue_.Enqueue("p"));
  WaitUntil("SELECT count(*) FROM _honker_live", "0");
  EXPECT_TRUE(worker.Stop(kLimit));
  EXPECT_EQ(Ask("SELECT count(*) FROM _honker_dead"), "0");
  EXPECT_EQ(worker.counts().timed_out, 1);
  EXPECT_EQ(worker.counts().done, 1);
  EXPECT_EQ(worker.counts().failed, 0);
}

TEST_F(WorkerTest, TheLastAttemptThatIsLateIsADeadLetter) {
  Worker worker = Must(Worker::Start(db(), "q", UntilStopped, {.handler_timeout = 20ms}));
  Must(queue_.Enqueue("p", {.max_attempts = 1}));
  WaitUntil("SELECT last_error FROM _honker_dead", "the handler took too long");
}

// The handler takes longer than its lease: renewed all the time, nobody else can get the job.
TEST_F(WorkerTest, TheLeaseIsRenewedWhileTheHandlerRuns) {
  std::atomic<bool> may_end = false;
  std::atomic<int> calls = 0;
  Worker worker = Must(Worker::Start(db(), "q",
                                     [&](const JobContext&) {
                                       ++calls;
                                       while (!may_end) std::this_thread::yield();
                                       return Outcome::Done();
                                     },
                                     {.concurrency = 2, .lease = 2s}));
  Must(queue_.Enqueue("p"));
  WaitUntil("SELECT state FROM _honker_live", "processing");
  const std::string end = Ask("SELECT claim_expires_at FROM _honker_live");
  WaitUntil("SELECT claim_expires_at > " + end + " + 2 FROM _honker_live", "1");
  may_end = true;
  WaitUntil("SELECT count(*) FROM _honker_live", "0");
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(worker.Stop(kLimit));
  EXPECT_EQ(worker.counts().done, 1);
}

TEST_F(WorkerTest, ACancelledJobStopsItsHandler) {
  Worker worker = Must(Worker::Start(db(), "q", UntilStopped, {.lease = 1s}));
  const int64_t id = Must(queue_.Enqueue("p"));
  WaitUntil("SELECT state FROM _honker_live", "processing");
  EXPECT_TRUE(Must(queue_.Cancel(id)));
  while (worker.counts().lost == 0) std::this_thread::yield();
  EXPECT_TRUE(worker.Stop(kLimit));
  EXPECT_EQ(Ask("SELECT (SELECT count(*) FROM _honker_live) + (SELECT count(*) FROM _honker_dead)"),
            "0");
  EXPECT_EQ(worker.counts().retried, 0);
}

TEST_F(WorkerTest, StopWaitsForHandlersAndThenHurriesThem) {
  std::atomic<bool> may_end = false;
  std::atomic<int> running = 0;
  Worker worker = Must(Worker::Start(db(), "q",
                                     [&](const JobContext& context) {
                                       ++running;
                                       if (context.job.payload() == "long")
                                         return UntilStopped(context);
                                       while (!may_end) std::this_thread::yield();
                                       return Outcome::Done();
                                     },
                                     {.concurrency = 2}));
  Must(queue_.Enqueue("short"));
  Must(queue_.Enqueue("long"));
  while (running < 2) std::this_thread::yield();
  may_end = true;
  EXPECT_FALSE(worker.Stop(1ms));
  EXPECT_TRUE(worker.Stop(kLimit));
  Must(queue_.Enqueue("after"));  // nobody claims it
  EXPECT_EQ(Ask("SELECT group_concat(payload || state) FROM _honker_live ORDER BY id"),
            "longpending,afterpending");
}

TEST_F(WorkerTest, TheDestructorStopsWhatRuns) {
  {
    Worker worker = Must(Worker::Start(db(), "q", UntilStopped, {.concurrency = 3}));
    Must(queue_.Enqueue("p"));
    WaitUntil("SELECT state FROM _honker_live", "processing");
    const Worker moved = std::move(worker);
  }
  EXPECT_EQ(Ask("SELECT state FROM _honker_live"), "pending");
}

TEST_F(WorkerTest, TheResultIsThereWithTheAck) {
  Worker worker = Must(Worker::Start(
      db(), "q",
      [](const JobContext& context) { return Outcome::Done(context.job.payload() + "!"); },
      {.result_ttl = 60s, .idle_poll = kNoIdlePoll}));
  const int64_t id = Must(queue_.Enqueue("4"));
  EXPECT_EQ(Must(WaitResult(db(), id, kLimit)), "4!");
  EXPECT_EQ(Ask("SELECT count(*) FROM _honker_live"), "0");
}

// A handler's own writes through the connection it is given.
TEST_F(WorkerTest, HandlersHaveAConnection) {
  ASSERT_TRUE(db().Execute("CREATE TABLE done(payload)").ok());
  Worker worker = Must(Worker::Start(db(), "q",
                                     [](const JobContext& context) {
                                       Transaction transaction = Must(context.db.Begin());
                                       Must(context.db.Execute("INSERT INTO done VALUES (?1)",
                                                               {context.job.payload()}));
                                       Must(transaction.Commit());
                                       return Outcome::Done();
                                     },
                                     {.concurrency = 2}));
  for (int i = 0; i < 10; ++i) Must(queue_.Enqueue(std::to_string(i)));
  WaitUntil("SELECT count(*) FROM _honker_live", "0");
  EXPECT_EQ(Ask("SELECT count(DISTINCT payload) FROM done"), "10");
}

TEST_F(WorkerTest, AReplacedFileEndsThePoolAndIsTold) {
  Worker worker = Must(Worker::Start(db(), "q", [](const JobContext&) { return Outcome::Done(); },
                                     {.concurrency = 2}));
  EXPECT_FALSE(Must(worker.Wait(0ms)));
  { Must(Database::Open(scratch_.Path("b.db"))); }
  std::filesystem::rename(scratch_.Path("b.db"), scratch_.Path("a.db"));
  const Result<bool> ended = worker.Wait(kLimit);
  ASSERT_FALSE(ended.ok());
  EXPECT_EQ(ended.error().code, kWatcherDied);
}

TEST_F(WorkerTest, BadOptionsAreRefused) {
  const Handler handler = [](const JobContext&) { return Outcome::Done(); };
  EXPECT_EQ(Worker::Start(db(), "q", handler, {.concurrency = 0}).error().code, SQLITE_MISUSE);
  EXPECT_EQ(Worker::Start(db(), "q", handler, {.lease = 0s}).error().code, SQLITE_MISUSE);
  EXPECT_EQ(Worker::Start(db(), "q", nullptr).error().code, SQLITE_MISUSE);
}

TEST_F(WorkerTest, AnOutboxDeliversWhatWasCommitted) {
  ASSERT_TRUE(db().Execute("CREATE TABLE orders(id INTEGER PRIMARY KEY)").ok());
  Outbox outbox(db(), "mails");
  {
    Transaction transaction = Must(db().Begin());
    Must(db().Execute("INSERT INTO orders DEFAULT VALUES"));
    Must(outbox.Enqueue("rolled back"));
  }
  {
    Transaction transaction = Must(db().Begin());
    Must(db().Execute("INSERT INTO orders DEFAULT VALUES"));
    Must(outbox.Enqueue("mail"));
    Must(outbox.Enqueue("undeliverable", {.max_attempts = 2}));
    Must(transaction.Commit());
  }
  std::mutex mutex;
  std::vector<std::string> delivered;
  Worker worker = Must(outbox.Deliver(
      [&](const JobContext& context) {
        if (context.job.payload() == "undeliverable") return Outcome::Retry("no such address");
        const std::lock_guard<std::mutex> lock(mutex);
        delivered.push_back(context.job.payload());
        return Outcome::Done();
      },
      {.retry = {.base = 0s}}));
  WaitUntil("SELECT count(*) FROM _honker_live", "0");
  EXPECT_TRUE(worker.Stop(kLimit));
  EXPECT_EQ(delivered, std::vector<std::string>{"mail"});
  EXPECT_EQ(Ask("SELECT queue, payload, last_error, attempts FROM _honker_dead"),
            "_outbox:mails|undeliverable|no such address|2");
}

}  // namespace
}  // namespace honker
