// An outbox: what is to be told to the world outside is written in the same transaction as the
// business row it is about, and delivered after that by a worker.
//
//   Outbox mails(db, "mails");
//   Transaction transaction = db.Begin().value();
//   db.Execute("INSERT INTO orders ...");
//   mails.Enqueue(mail);
//   transaction.Commit();   // both, or neither
//
// Delivery is at least once, with growing pauses, and a dead letter after max_attempts; a receiver
// that must not see a message twice tells them apart by the job's id. An outbox is the queue
// "_outbox:NAME", and everything that works on a queue works on it.
#ifndef HONKER_OUTBOX_H_
#define HONKER_OUTBOX_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "honker/queue.h"
#include "honker/worker.h"

namespace honker {

class Outbox {
 public:
  // Nothing is read or written.
  Outbox(const Database& db, const std::string& name)
      : db_(db.session()), queue_(db, "_outbox:" + name) {}

  Queue& queue() { return queue_; }

  // The message's id. Part of the transaction that is going on, if there is one. The payload goes
  // to `deliver` as it is; five attempts where the options say nothing else.
  Result<int64_t> Enqueue(std::string_view payload,
                          const EnqueueOptions& options = {.max_attempts = 5}) {
    return queue_.Enqueue(payload, options);
  }

  // Starts delivering, in threads of their own: Outcome::Done() where a message has arrived,
  // otherwise Retry() or Fail(). Any number of processes may.
  Result<Worker> Deliver(Handler deliver, WorkerOptions options = {}) {
    return Worker::Start(db_, queue_.name(), std::move(deliver), std::move(options));
  }

 private:
  Database db_;
  Queue queue_;
};

}  // namespace honker

#endif  // HONKER_OUTBOX_H_
