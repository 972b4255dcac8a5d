// Producers and workers: enqueue, notify, claim, ack, next_claim_at, work, stop,
// jobs_left (docs/protocol.md).
//
// All of them go through the subject's SQL functions on a connection that the subject is loaded on.
#ifndef HARNESS_ACTOR_JOB_COMMANDS_H_
#define HARNESS_ACTOR_JOB_COMMANDS_H_

#include <memory>
#include <thread>

#include "harness/actor/connection_commands.h"
#include "harness/actor/session.h"
#include "harness/actor/sqlite.h"
#include "harness/actor/subject.h"
#include "harness/actor/work_loop.h"

namespace harness::actor {

class JobCommands {
 public:
  JobCommands(Session& session, Subject& subject) : session_(session), subject_(subject) {}
  ~JobCommands() { StopLoop(); }
  void Register();
  // That of `open_queue`; not open before it.
  Connection& connection() { return db_; }

 private:
  // The commands' own connection, opened by `open_queue`.
  Reply OpenQueue(const Value& arguments);
  Reply Enqueue(const Value& arguments);
  Reply Notify(const Value& arguments);
  Reply JobsLeft(const Value& arguments);
  Reply Work(const Value& arguments);
  Reply StopLoop();

  Session& session_;
  Subject& subject_;
  Connection db_;
  std::unique_ptr<WorkLoop> work_;
  std::jthread loop_;
};

// Opens a connection of the options, loads the subject on it and bootstraps; from then on its busy
// timeout is the 5 s of an application. With a longer one a waiter that polls ten times a second
// starves beside workers that come and go; one that gives up and tries again gets its turn.
SqlStatus OpenQueueConnection(OpenOptions options, Subject& subject, Connection& out,
                              std::string& journal);

// {"jobs":[{"id","key","attempts","claim_expires_at"}]} of one honker_claim_batch call.
Reply ClaimJobs(Connection& db, const Value& arguments);
// {"done":1} or {"done":0}.
Reply AckJob(Connection& db, const Value& arguments);
// {"at":seconds}.
Reply NextClaimAt(Connection& db, const Value& arguments);

}  // namespace harness::actor

#endif  // HARNESS_ACTOR_JOB_COMMANDS_H_
