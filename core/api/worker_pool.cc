#include "core/api/worker_pool.h"

#include <exception>
#include <system_error>
#include <utility>

#include "core/api/session.h"
#include "core/api/sleep.h"
#include "core/watcher/own_connection.h"
#include "honker/results.h"

namespace honker::api {
namespace {

using std::chrono::milliseconds;

// After an error that passes by itself (somebody holds the write lock for very long).
constexpr milliseconds kPause{100};

}  // namespace

Result<std::unique_ptr<WorkerPool>> WorkerPool::Start(const Database& db, std::string queue,
                                                      Handler handler, WorkerOptions options) {
  if (options.concurrency < 1) return Error{SQLITE_MISUSE, "concurrency must be at least 1"};
  if (options.lease.count() <= 0) return Error{SQLITE_MISUSE, "lease must be greater than 0"};
  if (!handler) return Error{SQLITE_MISUSE, "there is no handler"};
  Result<Database> watching = db.OpenAnother();
  if (!watching.ok()) return watching.error();
  std::unique_ptr<WorkerPool> pool(new WorkerPool(std::move(watching).value(), std::move(queue),
                                                  std::move(handler), std::move(options)));
  // All connections first: a pool that cannot start has claimed nothing.
  std::vector<Bench> benches;
  for (int i = 0; i < pool->options_.concurrency; ++i) {
    Result<Bench> bench = pool->OpenBench(db);
    if (!bench.ok()) return bench.error();
    benches.push_back(std::move(bench).value());
  }
  for (Bench& bench : benches) {
    {
      const std::lock_guard<std::mutex> lock(pool->mutex_);
      ++pool->threads_running_;
    }
    try {
      pool->threads_.emplace_back(&WorkerPool::Run, pool.get(), std::move(bench));
    } catch (const std::system_error& problem) {
      const std::lock_guard<std::mutex> lock(pool->mutex_);
      --pool->threads_running_;
      return Error{SQLITE_ERROR, std::string("cannot start a thread: ") + problem.what()};
    }
  }
  return pool;
}

WorkerPool::WorkerPool(Database watching, std::string queue, Handler handler, WorkerOptions options)
    : queue_(std::move(queue)), handler_(std::move(handler)), options_(std::move(options)) {
  running_ = std::make_unique<RunningJobs>(std::move(watching), options_.lease, counters_,
                                           [this](const Error& error) { Fail(error); });
}

WorkerPool::~WorkerPool() {
  stop_.request_stop();
  stop_hurries_ = true;
  running_->RequestStops();
  for (std::thread& thread : threads_) thread.join();
}

Result<WorkerPool::Bench> WorkerPool::OpenBench(const Database& db) const {
  Result<Database> own = db.OpenAnother();
  if (!own.ok()) return own.error();
  Result<Claims> claims =
      Queue(own.value(), queue_)
          .Claim(
              {.worker = options_.name, .lease = options_.lease, .idle_poll = options_.idle_poll});
  if (!claims.ok()) return claims.error();
  return Bench{std::move(own).value(), std::move(claims).value()};
}

// Nothing leaves the thread but through error_: not even a lack of memory ends the program.
void WorkerPool::Run(Bench given) {
  try {
    Bench bench = std::move(given);  // closed before anybody is told that this thread has ended
    RunJobs(bench);
  } catch (const std::exception& problem) {
    Fail({SQLITE_NOMEM, problem.what()});
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  --threads_running_;
  ended_.notify_all();
}

void WorkerPool::RunJobs(Bench& bench) {
  const std::stop_token stop = stop_.get_token();
  while (!stop.stop_requested()) {
    Result<std::optional<Job>> job = bench.claims.Next(kForEver, stop);
    if (!job.ok()) {
      if (!IsBusy(job.error().code)) return Fail(job.error());
      SleepUntil(DeadlineAfter(kPause), stop);
    } else if (job.value()) {
      CarryOut(bench, *std::move(job).value());
    }
  }
}

void WorkerPool::CarryOut(Bench& bench, Job job) {
  const std::shared_ptr<RunningJob> running =
      running_->Add(job, options_.retry.DelayAfter(job.attempts()), options_.handler_timeout);
  // A stop that came before the job was among the running ones.
  if (stop_hurries_) running->stop.request_stop();
  const Outcome outcome = Handle({job, bench.db, running->stop.get_token()});
  if (running_->BeginFinishing(*running)) {
    // The lease is renewed as long as this goes on, so patience loses nothing.
    for (;;) {
      const Result<bool> finished = Finish(bench, job, outcome);
      if (finished.ok()) {
        if (!finished.value()) counters_.lost += 1;
        break;
      }
      if (!IsBusy(finished.error().code)) {
        Fail(finished.error());
        break;
      }
      if (stop_.stop_requested()) break;  // it comes back when its lease has run out
      SleepUntil(DeadlineAfter(kPause), stop_.get_token());
    }
  }
  running_->Remove(running);
}

Outcome WorkerPool::Handle(const JobContext& context) const {
  Outcome outcome = [&] {
    try {
      return handler_(context);
    } catch (const std::exception& problem) {
      return Outcome::Retry(problem.what());
    } catch (...) {
      return Outcome::Retry("the handler threw something that is no std::exception");
    }
  }();
  if (!context.db.session()->in_transaction()) return outcome;
  // What is to be told to the database next would otherwise be a part of it.
  (void)context.db.Execute("ROLLBACK");
  return Outcome::Retry("the handler left a transaction open");
}

Result<bool> WorkerPool::Finish(Bench& bench, Job& job, const Outcome& outcome) {
  switch (outcome.kind()) {
    case Outcome::kDone: {
      // The result is there exactly when the job is done.
      std::optional<Transaction> transaction;
      if (options_.result_ttl && outcome.result()) {
        Result<Transaction> begun = bench.db.Begin();
        if (!begun.ok()) return begun.error();
        transaction.emplace(std::move(begun).value());
        Status saved = SaveResult(bench.db, job.id(), *outcome.result(), options_.result_ttl);
        if (!saved.ok()) return saved.error();
      }
      Result<bool> acked = job.Ack();
      if (!acked.ok() || !acked.value()) return acked;
      if (transaction) {
        Status committed = transaction->Commit();
        if (!committed.ok()) return committed.error();
      }
      counters_.done += 1;
      return true;
    }
    case Outcome::kRetry: {
      const std::chrono::seconds delay =
          outcome.delay().value_or(options_.retry.DelayAfter(job.attempts()));
      Result<bool> retried = job.Retry(delay, outcome.error());
      if (retried.ok() && retried.value()) counters_.retried += 1;
      return retried;
    }
    case Outcome::kFail:
      break;
  }
  Result<bool> failed = job.Fail(outcome.error());
  if (failed.ok() && failed.value()) counters_.failed += 1;
  return failed;
}

void WorkerPool::Fail(const Error& error) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!error_) error_ = error;
  }
  stop_.request_stop();
}

bool WorkerPool::Stop(milliseconds timeout) {
  stop_.request_stop();
  const auto all_ended = [this] { return threads_running_ == 0; };
  std::unique_lock<std::mutex> lock(mutex_);
  if (ended_.wait_until(lock, DeadlineAfter(timeout), all_ended)) return true;
  lock.unlock();
  stop_hurries_ = true;
  running_->RequestStops();
  return false;
}

Result<bool> WorkerPool::Wait(milliseconds timeout, const std::stop_token& stop) {
  std::unique_lock<std::mutex> lock(mutex_);
  const bool ended = ended_.wait_until(lock, stop, DeadlineAfter(timeout),
                                       [this] { return threads_running_ == 0; });
  if (!ended) return false;
  if (error_) return *error_;
  return true;
}

WorkerCounts WorkerPool::counts() const {
  return {counters_.done, counters_.retried, counters_.failed, counters_.timed_out, counters_.lost};
}

}  // namespace honker::api
