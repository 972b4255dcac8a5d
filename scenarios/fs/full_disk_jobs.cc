#include "harness/oracle/claim_none_lost.h"
#include "scenarios/fs/full_met.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::fs {
namespace {

constexpr int kJobs = 8;
constexpr int kLeaseS = 600;  // nothing lapses while a slow machine runs this

Value Enqueue(const std::string& key) { return Value::MakeObject({{"queue", "q"}, {"key", key}}); }

// Claims up to `n` jobs and acks them; what failed is in the history.
bool Work(Actor& worker, int n) {
  const harness::ActorReply claimed = worker.Try(
      "claim",
      Value::MakeObject({{"queue", "q"}, {"worker", "w"}, {"n", n}, {"lease_s", kLeaseS}}));
  if (!claimed.ok()) return false;
  for (const Value& job : claimed.value["jobs"].items()) {
    const Value ack = Value::MakeObject({{"id", job["id"]}, {"worker", "w"}});
    // One that did not fit is done again, as an application does it.
    if (!worker.Try("ack", ack).ok()) (void)worker.Try("ack", ack);
  }
  return !claimed.value["jobs"].items().empty();
}

void Run(Stage& stage) {
  if (!stage.environment().subject.HasFunction("honker_claim_batch"))
    stage.Absent("function honker_claim_batch");
  stage.MountFault("mount db fs=tmpfs size_mib=2");
  Actor& worker = stage.Start("worker:1");
  worker.Do("open_queue",
            Value::MakeObject(
                {{"path", stage.Db()}, {"journal", stage.Axis("journal")}, {"create", true}}));
  for (int i = 1; i <= kJobs; ++i) worker.Do("enqueue", Enqueue("before." + std::to_string(i)));
  // One is in hand when the disk is full.
  const Value held = worker.Do(
      "claim",
      Value::MakeObject({{"queue", "q"}, {"worker", "w"}, {"n", 1}, {"lease_s", kLeaseS}}))["jobs"];
  stage.MountFault("fill db leave_kib=0");
  (void)worker.Try("enqueue", Enqueue("full." + std::string(200'000, 'x')));
  for (int i = 0; i < 3; ++i) {
    (void)worker.Try("enqueue", Enqueue("full." + std::to_string(i)));
    (void)Work(worker, 1);
  }
  const Value ack = Value::MakeObject({{"id", held.items()[0]["id"]}, {"worker", "w"}});
  const harness::ActorReply acked = worker.Try("ack", ack);
  stage.MountFault("fill db leave_kib=1024");
  if (!acked.ok()) worker.Do("ack", ack);
  while (Work(worker, 3)) {
  }
  worker.Do("jobs_left", Value::MakeObject({{"queue", "q"}}));
  stage.Quit(worker);
}

}  // namespace

const Card full_disk_jobs{
    .name = "fs/full_disk_jobs",
    .claims = {"FAULT-CLEAN", "CLAIM-NONE-LOST", "CLAIM-ATOMIC"},
    .situation =
        "The disk is full while jobs wait and one is in hand: enqueue, claim and ack are tried. "
        "Then "
        "there is room again, and the queue is worked off.",
    .expectation =
        "Each call that does not fit is an error and does nothing: a job is there exactly when its "
        "enqueue was acknowledged, and no failed claim or ack keeps one back.",
    .axes = {Journals({"delete", "wal"})},
    .roles = {{"worker:1", "enqueues, claims with a lease of 600 s, acks"}},
    .faults = {"mount db fs=tmpfs size_mib=2", "fill db leave_kib=0", "fill db leave_kib=1024"},
    .oracles = {{{"full_met", CheckFullMet}, "FAULT-CLEAN"},
                {{"claim_none_lost", harness::CheckClaimNoneLost},
                 "CLAIM-NONE-LOST",
                 Value::MakeObject({{"all_acked", true}})},
                {{"claim_none_lost", harness::CheckClaimNoneLost},
                 "CLAIM-ATOMIC",
                 Value::MakeObject({{"all_acked", true}})}},
    .evidence =
        "an enqueue that failed with SQLITE_FULL, by a real ENOSPC; what is left in the end",
    .limits = "Small claims may fit into what a page or the WAL has left: counted, not asked for.",
    .run = Run};

}  // namespace scenarios::fs
