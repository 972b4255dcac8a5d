// A worker as the documentation tells applications to write one: claim, handle, ack; when there is
// nothing, sleep until a commit wakes it or the next claim deadline comes. There is no idle poll
// here on purpose: what it would repair is what a scenario wants to see.
#ifndef HARNESS_ACTOR_WORK_LOOP_H_
#define HARNESS_ACTOR_WORK_LOOP_H_

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "harness/actor/session.h"
#include "harness/actor/sqlite.h"
#include "harness/actor/subject.h"
#include "harness/actor/thread_activity.h"

namespace harness::actor {

class WorkLoop {
 public:
  // Opens the worker's connection and its watcher before the first claim, so that no commit falls
  // between them. kError is also the database's.
  static OrNoHandle<std::unique_ptr<WorkLoop>> Open(Session& session, Subject& subject,
                                                    const Value& arguments);
  // Runs until stopped, until the watcher dies, or until a function fails with anything but
  // contention. Each claim, ack and next_claim_at is an op; each sleep a `sleep` event.
  void Run(const std::stop_token& stop);
  // Whether it sleeps now, until which second (0: until a wake comes), in which sleep, for how many
  // slices already, how often the subject's threads have looked, and rested, since Open, and
  // `failed`: the sentence that ended it, "" while it works. From any thread.
  Value State() const;

 private:
  WorkLoop(Session& session, Value arguments)
      : session_(session), arguments_(std::move(arguments)) {}
  enum class Next { kClaim, kSleep, kEnd };
  // An op that failed: contention is tried again, since no wake need come for it; anything else is
  // the subject's own failure.
  Next AfterFailure(const Reply& reply);
  Next ClaimAndAck();
  Next Sleep(const std::stop_token& stop);

  Session& session_;
  Value arguments_;
  Connection db_;
  std::unique_ptr<WatcherPort> port_;
  std::optional<LookCounter> looks_;  // of the threads that opening the watcher started
  mutable std::mutex mutex_;
  mutable std::optional<RestCounter> rests_;  // of the same; guarded by mutex_
  std::string failed_;                        // guarded by mutex_
  std::atomic<int64_t> sleeps_{0};
  std::atomic<int64_t> slices_{-1};  // of the present sleep; -1 while awake
  std::atomic<int64_t> until_s_{0};
};

}  // namespace harness::actor

#endif  // HARNESS_ACTOR_WORK_LOOP_H_
