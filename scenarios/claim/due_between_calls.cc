#include "harness/oracle/due_is_told.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::claim {
namespace {

using harness::CellEnd;
using harness::CellVerdict;

constexpr const char* kQueue = "later";
// The first delay, doubled where the machine was so slow that the claim found the job due already.
constexpr int64_t kDelayS = 2;
constexpr int kTries = 6;

// Claims one job; its id, or 0 where there was none.
int64_t ClaimOne(Actor& worker) {
  const Value got = worker.Do(
      "claim",
      Value::MakeObject({{"queue", kQueue}, {"worker", "worker:1"}, {"n", 1}, {"lease_s", 600}}));
  return got["jobs"].items().empty() ? 0 : got["jobs"].items()[0]["id"].Int();
}
void Ack(Actor& worker, int64_t id) {
  worker.Do("ack", Value::MakeObject({{"id", id}, {"worker", "worker:1"}}));
}

// Waits until the database's own clock, as another connection reads it, has reached the job's
// run_at, and records that.
void AwaitDue(Stage& stage, Actor& reader, int64_t id) {
  const Value rows =
      reader.Do("exec", Value::MakeObject({{"sql", "SELECT run_at FROM _honker_live WHERE id = " +
                                                       std::to_string(id)}}))["rows"];
  if (rows.items().empty()) throw CellEnd(CellVerdict::kError, "the job is not in the table");
  const int64_t run_at = rows.items()[0].items()[0].Int();
  const int64_t now = AwaitSecond(reader, run_at);
  stage.Record(
      "due", Value::MakeObject({{"queue", kQueue}, {"id", id}, {"run_at", run_at}, {"now", now}}));
}

void Run(Stage& stage) {
  NeedFunctions(stage, {"honker_bootstrap", "honker_enqueue", "honker_claim_batch", "honker_ack",
                        "honker_queue_next_claim_at"});
  const Value open = Value::MakeObject(
      {{"path", stage.Db()}, {"journal", stage.Axis("journal")}, {"create", true}});
  Actor& reader = stage.StartWriter("reader:1");
  Actor& producer = stage.Start("producer:1");
  Actor& worker = stage.Start("worker:1");
  for (Actor* actor : {&reader, &producer, &worker}) actor->Do("open_queue", open);

  int64_t delay_s = kDelayS;
  for (int i = 1; i <= kTries; ++i, delay_s *= 2) {
    const int64_t id = producer
                           .Do("enqueue", Value::MakeObject({{"queue", kQueue},
                                                             {"key", "late." + std::to_string(i)},
                                                             {"delay_s", delay_s}}))["id"]
                           .Int();
    if (const int64_t early = ClaimOne(worker); early != 0) {
      Ack(worker, early);
      continue;
    }
    AwaitDue(stage, reader, id);
    worker.Do("next_claim_at", Value::MakeObject({{"queue", kQueue}}));
    if (const int64_t now = ClaimOne(worker); now != 0) Ack(worker, now);
    return;
  }
}

}  // namespace

const Card due_between_calls{
    .name = "claim/due_between_calls",
    .claims = {"CLAIM-WAKE"},
    .situation =
        "A worker claims and gets nothing, since the only job is delayed; it is held there until "
        "the job has fallen due; then it asks when to come back, and claims.",
    .expectation =
        "It is told a moment that has passed: falling due is no commit, so nothing else would wake "
        "it.",
    .axes = {Journals()},
    .roles = {{"producer:1", "enqueues one delayed job"},
              {"worker:1", "claims, asks, claims"},
              {"reader:1", "reads the database's clock until the job is due"}},
    .faults = {"none"},
    .oracles = {{{"due_is_told", harness::CheckDueIsTold}, "CLAIM-WAKE"}},
    .evidence =
        "the empty claim, the clock past run_at before the question, and the claim that got the "
        "job after the answer",
    .limits =
        "One step at a time, on SQL: that a worker does come back at a moment that has passed is "
        "the business of its loop (claim/exactly_once). A job with no attempts left or expired is "
        "not tried.",
    .run = Run};

}  // namespace scenarios::claim
