// A pool of threads that carries out the jobs of a queue.
//
//   Result<Worker> worker = Worker::Start(db, "mails", [](const JobContext& context) {
//     return Send(context.job.payload()) ? Outcome::Done() : Outcome::Retry("server said no");
//   }, {.concurrency = 4, .handler_timeout = 30s});
//
// Each thread has a connection of its own and one job at a time. While a handler runs its lease is
// renewed, so a lease says how soon the job of a dead process comes back, not how long a handler
// may take: that is handler_timeout.
//
// A handler cannot be ended from outside. What happens when its time is up, its job was cancelled
// or the worker is to stop, is that its stop token is requested; a handler that may take long looks
// at it. The job does not wait for that: after a time-out it is up for its next attempt at once, by
// another thread, and what the late handler returns is dropped. Until it returns it keeps its
// thread.
#ifndef HONKER_WORKER_H_
#define HONKER_WORKER_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "honker/database.h"
#include "honker/queue.h"
#include "honker/result.h"

namespace honker {

namespace api {
class WorkerPool;
}

// How long to wait before the next attempt: base, then base * factor, base * factor^2, ... at most
// max. How many there are in all is the job's max_attempts.
struct RetryPolicy {
  std::chrono::seconds base{1};
  double factor = 2.0;
  std::chrono::seconds max{3600};

  // After so many attempts, 1 or more.
  std::chrono::seconds DelayAfter(int64_t attempts) const;
};

// What a handler came to.
class Outcome {
 public:
  // The job is done and deleted. The text is saved as its result if the worker saves results.
  static Outcome Done(std::optional<std::string> result = std::nullopt);
  // Not this time: another attempt after the policy's delay or this one; a dead letter with `error`
  // when there is none left.
  static Outcome Retry(std::string error, std::optional<std::chrono::seconds> delay = std::nullopt);
  // Never: a dead letter with `error`.
  static Outcome Fail(std::string error);

  enum Kind { kDone, kRetry, kFail };
  Kind kind() const { return kind_; }
  const std::string& error() const { return error_; }
  const std::optional<std::string>& result() const { return result_; }
  const std::optional<std::chrono::seconds>& delay() const { return delay_; }

 private:
  explicit Outcome(Kind kind) : kind_(kind) {}
  Kind kind_;
  std::string error_;
  std::optional<std::string> result_;
  std::optional<std::chrono::seconds> delay_;
};

// What a handler is given; valid until it returns.
struct JobContext {
  const Job& job;
  Database& db;  // the thread's own connection, in no transaction
  std::stop_token stop;
};

// Called by several threads at once. An exception that it throws is Retry() with its what(), and so
// is a transaction of context.db that it leaves open, which is rolled back.
using Handler = std::function<Outcome(const JobContext& context)>;

struct WorkerOptions {
  std::string name = "worker";     // the readable part of the claims' names
  int concurrency = 1;             // threads, each with a connection; at least 1
  std::chrono::seconds lease{60};  // > 0; renewed after each third of it
  std::optional<std::chrono::milliseconds> handler_timeout{};
  RetryPolicy retry{};
  std::optional<std::chrono::seconds> result_ttl{};  // set: results are saved, for so long
  std::chrono::milliseconds idle_poll{5000};         // the backstop where a wake was lost
};

// How often what happened since the start.
struct WorkerCounts {
  int64_t done = 0;
  int64_t retried = 0;  // by the handler's outcome or exception
  int64_t failed = 0;
  int64_t timed_out = 0;  // retried because the handler took too long
  int64_t lost = 0;       // the claim was not valid any more when it was to be renewed or finished
};

// A pool that runs. Movable. The destructor stops claiming, requests the stop of running handlers
// and waits for them to return; jobs that they leave unfinished are retried.
class Worker {
 public:
  // Opens concurrency + 1 connections to the file of `db` and starts the threads. `db` itself is
  // not used afterwards. Refused for an attached connection.
  static Result<Worker> Start(const Database& db, std::string queue, Handler handler,
                              WorkerOptions options = {});

  Worker(Worker&&) noexcept;
  Worker& operator=(Worker&&) = delete;
  ~Worker();

  // Claims no more jobs, and waits until the running handlers have finished theirs. True: all have.
  // False: some have not within `timeout`; their stop tokens have been requested.
  bool Stop(std::chrono::milliseconds timeout);

  // Waits for the end of the pool: true when it was stopped, false when it still runs after
  // `timeout` or when `stop` was requested. Error: what ended it by itself, such as kWatcherDied;
  // SQLITE_BUSY does not, it is tried again.
  Result<bool> Wait(std::chrono::milliseconds timeout, const std::stop_token& stop = {});

  // Any thread.
  WorkerCounts counts() const;

 private:
  explicit Worker(std::unique_ptr<api::WorkerPool> pool);
  std::unique_ptr<api::WorkerPool> pool_;
};

}  // namespace honker

#endif  // HONKER_WORKER_H_
