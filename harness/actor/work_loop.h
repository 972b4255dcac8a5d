// A worker as the documentation tells applications to write one: claim, handle, ack; when there is
// nothing, sleep until a commit wakes it or the next claim deadline comes. There is no idle poll
// here on purpose: what it would repair is what a scenario wants to see.
#ifndef HARNESS_ACTOR_WORK_LOOP_H_
#define HARNESS_ACTOR_WORK_LOOP_H_

#include <atomic>
#include <memory>
#include <stop_token>

#include "harness/actor/session.h"
#include "harness/actor/sqlite.h"
#include "harness/actor/subject.h"

namespace harness::actor {

class WorkLoop {
 public:
  // Opens the worker's connection and its watcher before the first claim, so that no commit falls
  // between them. `refused` says that the error is the watcher's own sentence at open; any other
  // error is the database's.
  static Result<std::unique_ptr<WorkLoop>> Open(Session& session, Subject& subject,
                                                const Value& arguments, bool& refused);
  // Runs until stopped or until the watcher dies. Each claim, ack and next_claim_at is an op; each
  // sleep a `sleep` event.
  void Run(const std::stop_token& stop);
  // Whether it sleeps now, until which second (0: until a wake comes), in which sleep, and for how
  // many slices already. From any thread: a sleeper that counts slices is awake enough to hear a
  // wake.
  Value State() const;

 private:
  WorkLoop(Session& session, Value arguments)
      : session_(session), arguments_(std::move(arguments)) {}
  // True when something was claimed.
  bool ClaimAndAck();
  // Returns false when the watcher is dead.
  bool Sleep(const std::stop_token& stop);

  Session& session_;
  Value arguments_;
  Connection db_;
  std::unique_ptr<WatcherPort> port_;
  std::atomic<int64_t> sleeps_{0};
  std::atomic<int64_t> slices_{-1};  // of the present sleep; -1 while awake
  std::atomic<int64_t> until_s_{0};
};

}  // namespace harness::actor

#endif  // HARNESS_ACTOR_WORK_LOOP_H_
