// Durable queues: a job is there when the transaction that enqueued it commits, is handed to one
// worker at a time, and stays until it is acknowledged, cancelled or out of attempts.
//
//   Queue mails(db, "mails");
//   mails.Enqueue(R"({"to":"a@example.org"})");
//   Result<Claims> claims = mails.Claim({.lease = 60s});
//   Result<std::optional<Job>> job = claims.value().Next(10s, stop);
//   if (job.ok() && job.value()) job.value()->Ack();
//
// Payloads are opaque text. Times are whole seconds of the database's clock. A claim is valid until
// its lease has passed; then any worker may claim the job again. Delivery is at least once: what a
// job does outside of the database may happen twice when a worker dies in the middle.
//
// A claim is known by a name that nothing else ever has: every claiming call makes a new one. So a
// late Ack() of a lapsed claim answers false, also when the same process holds the job again.
#ifndef HONKER_QUEUE_H_
#define HONKER_QUEUE_H_

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "honker/database.h"
#include "honker/result.h"
#include "honker/update_events.h"

namespace honker {

struct EnqueueOptions {
  std::optional<std::chrono::sys_seconds> run_at{};  // not before; default: now
  std::optional<std::chrono::seconds> delay{};       // from now; goes before run_at
  int64_t priority = 0;                              // higher ones first
  int64_t max_attempts = 3;                          // then it is a dead letter
  std::optional<std::chrono::seconds> expires{};     // from now: never claimed after that
};

struct ClaimOptions {
  std::string worker = "worker";   // the readable part of the claims' names
  int64_t batch = 1;               // claimed at once; the lease of all of them runs from then on
  std::chrono::seconds lease{60};  // > 0; also called visibility timeout
  // The backstop where a wake was lost; it also buries jobs whose last attempt died.
  std::chrono::milliseconds idle_poll{5000};
};

// A live job as it is in the table, for looking at.
struct JobInfo {
  int64_t id = 0;
  std::string queue;
  std::string payload;
  std::string state;  // "pending" or "processing"
  int64_t priority = 0;
  int64_t run_at = 0;  // this and the next: seconds since 1970
  std::optional<int64_t> claim_expires_at{};
  std::string worker_id;  // "" while pending
  int64_t attempts = 0;
  int64_t max_attempts = 0;
  bool operator==(const JobInfo&) const = default;
};

// One claimed job: what to do, and the right to finish it. Movable, not copyable. Destroying it
// finishes nothing: the job comes back when its lease has run out.
//
// The four calls answer true where the claim was still valid, and false where it was not (it ran
// out, the job was cancelled or is finished): then nothing was changed.
class Job {
 public:
  Job(Job&&) noexcept = default;
  Job& operator=(Job&&) noexcept = default;

  int64_t id() const { return id_; }
  const std::string& queue() const { return queue_; }
  const std::string& payload() const { return payload_; }
  int64_t attempts() const { return attempts_; }  // 1 the first time
  int64_t claim_expires_at() const { return claim_expires_at_; }
  const std::string& worker_id() const { return worker_id_; }

  // Done: the job is deleted.
  Result<bool> Ack();
  // Another attempt after `delay`, or, where this one was the last, a dead letter with `error`.
  Result<bool> Retry(std::chrono::seconds delay, std::string_view error);
  // A dead letter with `error` at once.
  Result<bool> Fail(std::string_view error);
  // The lease runs for `extend` from now on.
  Result<bool> Heartbeat(std::chrono::seconds extend);

 private:
  friend class Queue;
  Job() = default;

  std::shared_ptr<api::Session> session_;
  int64_t id_ = 0;
  std::string queue_;
  std::string payload_;
  std::string worker_id_;
  int64_t attempts_ = 0;
  int64_t claim_expires_at_ = 0;
};

class Claims;

class Queue {
 public:
  // Any text is a name. Nothing is read or written.
  Queue(const Database& db, std::string name) : session_(db.session()), name_(std::move(name)) {}

  const std::string& name() const { return name_; }

  // The new job's id. Part of the transaction that is going on, if there is one.
  Result<int64_t> Enqueue(std::string_view payload, const EnqueueOptions& options = {});

  // Claims up to options.batch jobs that are due, in the order of priority, due time and id; does
  // not wait for any. Jobs that are out of attempts become dead letters on the way.
  Result<std::vector<Job>> ClaimBatch(const ClaimOptions& options = {});

  // An iterator over jobs as they fall due. Watches the database from here on.
  Result<Claims> Claim(const ClaimOptions& options = {});

  // Ack() of several, in one transaction. How many claims were still valid.
  Result<int64_t> AckBatch(std::span<const Job> jobs);

  // Deletes a job, whoever holds it. False: there is none of that id.
  Result<bool> Cancel(int64_t id);

  // nullopt: there is no live job of that id.
  Result<std::optional<JobInfo>> GetJob(int64_t id);

  // The earliest moment at which a claim could return something, in seconds since 1970; it may have
  // passed. nullopt: none known.
  Result<std::optional<int64_t>> NextClaimAt();

  // Jobs of this queue that have expired become dead letters. How many.
  Result<int64_t> SweepExpired();

 private:
  friend class Claims;
  std::shared_ptr<api::Session> session_;
  std::string name_;
};

// Hands out jobs one by one as they fall due, sleeping in between: on commits of any process, on
// the moment when the next job is due or the next lease has run out, and on nothing else but a poll
// every options.idle_poll. Movable; one thread at a time, the Database's.
class Claims {
 public:
  // The next job. nullopt: none came within `timeout`, or `stop` was requested. Beyond that it may
  // take as long as the busy timeout. Must not be called inside a transaction.
  Result<std::optional<Job>> Next(std::chrono::milliseconds timeout,
                                  const std::stop_token& stop = {});

 private:
  friend class Queue;
  Claims(Queue queue, ClaimOptions options, UpdateEvents events)
      : queue_(std::move(queue)), options_(std::move(options)), events_(std::move(events)) {}

  Queue queue_;
  ClaimOptions options_;
  UpdateEvents events_;
  std::deque<Job> claimed_;  // and not handed out yet
};

}  // namespace honker

#endif  // HONKER_QUEUE_H_
