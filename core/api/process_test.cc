// Workers of several processes on one queue, and one of them killed in the middle.
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

bool IsEmpty(Database& db, const char* table) {
  return Must(db.Query(std::string("SELECT 1 FROM ") + table + " LIMIT 1")).empty();
}

// Until the queue is empty; 1 where that takes for ever.
int WorkUntilEmpty(Database& db, const Handler& handler, const WorkerOptions& options) {
  UpdateEvents events = Must(db.WatchUpdates());
  Worker worker = Must(Worker::Start(db, "q", handler, options));
  while (!IsEmpty(db, "_honker_live")) {
    if (Must(events.Wait(kLimit)) != Wake::kUpdate) return 1;
  }
  return worker.Stop(kLimit) ? 0 : 1;
}

TEST(Processes, EachJobIsDoneByOneOfThem) {
  constexpr int kJobs = 100;
  const Scratch scratch;
  const std::string path = scratch.Path("a.db");
  ASSERT_EQ(RunInChild([&] {
              Database db = Must(Database::Open(path));
              Must(db.Execute("CREATE TABLE done(payload, process)"));
              for (int i = 0; i < kJobs; ++i) Must(Queue(db, "q").Enqueue(std::to_string(i)));
              return 0;
            }),
            0);
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    children.push_back(StartChild([&path] {
      Database db = Must(Database::Open(path));
      const Handler handler = [](const JobContext& context) {
        Must(context.db.Execute("INSERT INTO done VALUES (?1, ?2)",
                                {context.job.payload(), int64_t{getpid()}}));
        return Outcome::Done();
      };
      return WorkUntilEmpty(db, handler, {.concurrency = 2, .idle_poll = kNoIdlePoll});
    }));
  }
  for (const pid_t child : children) EXPECT_EQ(ExitCode(child), 0);
  testing::Database db(path, testing::Database::kPlain);
  EXPECT_EQ(db.Ask("SELECT count(*), count(DISTINCT payload) FROM done"), "100|100");
}

// The second process is not told of the death: the end of the lease wakes it.
TEST(Processes, AKilledWorkersJobIsDoneByAnother) {
  const Scratch scratch;
  const std::string path = scratch.Path("a.db");
  int started[2];
  ASSERT_EQ(pipe(started), 0);
  const pid_t victim = StartChild([&] {
    Database db = Must(Database::Open(path));
    Must(Queue(db, "q").Enqueue("p"));
    const Handler handler = [&](const JobContext&) {
      if (write(started[1], "x", 1) != 1) _exit(2);
      for (;;) pause();
      return Outcome::Done();
    };
    return WorkUntilEmpty(db, handler, {.lease = 1s});
  });
  close(started[1]);  // a victim that dies before it has started is the end of the pipe
  char byte = 0;
  ASSERT_EQ(read(started[0], &byte, 1), 1);
  ASSERT_EQ(kill(victim, SIGKILL), 0);
  EXPECT_EQ(ExitCode(victim), 128 + SIGKILL);
  close(started[0]);

  EXPECT_EQ(RunInChild([&path] {
              Database db = Must(Database::Open(path));
              const Handler handler = [](const JobContext& context) {
                return context.job.attempts() == 2 ? Outcome::Done() : Outcome::Fail("which?");
              };
              const int code = WorkUntilEmpty(db, handler, {.idle_poll = kNoIdlePoll});
              return code == 0 && IsEmpty(db, "_honker_dead") ? 0 : 1;
            }),
            0);
}

}  // namespace
}  // namespace honker
