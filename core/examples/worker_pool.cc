// A pool of workers with a schedule: every second a report is due, four threads write reports,
// every second one hangs at first, and who is interested listens.
//
//   worker_pool [pool.db] [REPORTS]
//
// Start it several times on one file: one of the processes leads the schedule, all of them work. It
// ends with 0 after so many reports (default 3).
#include <honker/honker.h>

#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>
#include <thread>

using namespace std::chrono_literals;

namespace {

template <typename T>
T OrExit(honker::Result<T> result) {
  if (result.ok()) return std::move(result).value();
  std::fprintf(stderr, "worker_pool: %s\n", result.error().message.c_str());
  std::exit(1);
}

// A handler may run twice for one job (a process dies after the work, before the job is marked as
// done), so what it writes is written once: by key, in one transaction with what it says about it.
honker::Status Write(honker::Database& db, const std::string& report) {
  honker::Result<honker::Transaction> transaction = db.Begin();
  if (!transaction.ok()) return transaction.error();
  const honker::Result<std::vector<honker::Row>> fresh = db.Query(
      "INSERT INTO reports(text) VALUES (?1) ON CONFLICT DO NOTHING RETURNING 1", {report});
  if (!fresh.ok()) return fresh.error();
  if (!fresh.value().empty()) {
    const honker::Result<int64_t> said = honker::Notify(db, "reports", report);
    if (!said.ok()) return said.error();
  }
  return transaction.value().Commit();
}

honker::Outcome WriteReport(const honker::JobContext& context) {
  // The first attempt of every second report hangs, until the pool loses patience with it.
  if (context.job.id() % 2 == 0 && context.job.attempts() == 1) {
    while (!context.stop.stop_requested()) std::this_thread::sleep_for(1ms);
    return honker::Outcome::Retry("interrupted", 0s);
  }
  const honker::Status written = Write(context.db, "report " + std::to_string(context.job.id()));
  return written.ok() ? honker::Outcome::Done() : honker::Outcome::Retry(written.error().message);
}

}  // namespace

int main(int argc, char** argv) {
  honker::Database db = OrExit(honker::Database::Open(argc > 1 ? argv[1] : "pool.db"));
  const size_t wanted = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 3;
  OrExit(db.Execute("CREATE TABLE IF NOT EXISTS reports(text PRIMARY KEY)"));

  honker::Listener listener = OrExit(honker::Listener::Open(db, "reports"));
  honker::Worker pool = OrExit(
      honker::Worker::Start(db, "reports", WriteReport,
                            {.concurrency = 4, .handler_timeout = 500ms, .retry = {.base = 0s}}));
  OrExit(honker::Scheduler(db).Register(
      {.name = "report", .queue = "reports", .expr = "@every 1s", .expires = 1h}));

  // A connection is for one thread at a time: the scheduler's thread has its own.
  honker::Database scheduling = OrExit(db.OpenAnother());
  std::jthread scheduler([&scheduling](const std::stop_token& stop) {
    const honker::Status ended = honker::Scheduler(scheduling).Run(24h, stop);
    if (!ended.ok()) std::fprintf(stderr, "scheduler: %s\n", ended.error().message.c_str());
  });

  std::set<std::string> heard;
  while (heard.size() < wanted) {
    const std::optional<honker::Notification> next = OrExit(listener.Next(60s));
    if (!next) return 1;  // no report for a minute
    std::printf("%s\n", next->payload.c_str());
    if (!heard.insert(next->payload).second) return 1;  // said twice
  }
  scheduler.request_stop();
  scheduler.join();
  const bool ended = pool.Stop(10s);
  const honker::WorkerCounts counts = pool.counts();
  std::printf("%lld written, %lld taken away from a handler that hung\n",
              static_cast<long long>(counts.done), static_cast<long long>(counts.timed_out));

  for (const std::string& report : heard) {
    if (OrExit(db.Query("SELECT 1 FROM reports WHERE text = ?1", {report})).empty()) return 1;
  }
  return ended ? 0 : 1;
}
