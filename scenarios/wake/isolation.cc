#include "harness/base/patience.h"
#include "harness/oracle/claim_one.h"
#include "harness/oracle/wake_seen.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

constexpr int kCommits = 5;
constexpr int64_t kSlowMs = 3000;
// A worker that is starved by wakes claims nothing for as long.
constexpr int64_t kStarvedMs = 60'000;
constexpr const char* kQueue = "later";

// Two subscribers that ask for a look every millisecond, beside slower ones, which leave. Those are
// not waited for: a subject may give them what they asked for, and the proof of silence goes by the
// busiest thread.
void Intervals(Stage& stage) {
  Actor& writer = stage.StartWriter("writer:1");
  Actor& watcher =
      stage.StartWatcher("watcher:1", Value::MakeObject({{"poll_ms", 1}, {"subscribers", 2}}));
  stage.Watch(watcher, Value::MakeObject({{"poll_ms", 40}, {"lazy", 1}}));
  stage.Watch(watcher, Value::MakeObject({{"poll_ms", kSlowMs}, {"lazy", 1}}));
  int seq = 0;
  while (seq < kCommits) CommitAndAwait(writer, watcher, 1, ++seq);
  watcher.Do("unwatch", Value::MakeObject({{"subs", Value::MakeArray().Append(2).Append(3)}}));
  while (seq < 2 * kCommits) CommitAndAwait(writer, watcher, 1, ++seq);
}

// A job falls due while commits that are nobody's business wake the worker again and again.
void Deadline(Stage& stage) {
  NeedFunctions(stage, {"honker_bootstrap", "honker_enqueue", "honker_claim_batch", "honker_ack",
                        "honker_queue_next_claim_at"});
  Actor& writer = stage.StartWriter("writer:1");
  const Value open = Value::MakeObject({{"path", stage.Db()}, {"journal", stage.Axis("journal")}});
  Actor& producer = stage.Start("producer:1");
  Actor& worker = stage.Start("worker:1");
  for (Actor* actor : {&producer, &worker}) actor->Do("open_queue", open);
  producer.Do("enqueue", Value::MakeObject({{"queue", kQueue}, {"key", "late"}, {"delay_s", 1}}));
  const Value working = worker.Do("work", Value::MakeObject({{"queue", kQueue},
                                                             {"worker", "worker:1"},
                                                             {"lease_s", 600},
                                                             {"backend", stage.Axis("backend")},
                                                             {"path", stage.Db()}}));
  stage.RequireOpened(working, stage.Axis("backend"), stage.Axis("journal"));
  writer.Begin("burst", Value::MakeObject(
                            {{"writer", 1}, {"from", 1}, {"count", 10'000'000}, {"gap_us", 500}}));
  harness::Patience patience(kStarvedMs);
  const Value left = Value::MakeObject({{"queue", kQueue}});
  while (!producer.Do("jobs_left", left)["live"].items().empty()) {
    if (patience.IsOver(stage.Pids())) {
      throw harness::CellEnd(harness::CellVerdict::kBroken,
                             "a job that is due was not claimed while commits went on for 60 s");
    }
  }
  stage.Kill(writer);
  worker.Do("stop");
}

void Run(Stage& stage) {
  stage.Axis("sources") == "intervals" ? Intervals(stage) : Deadline(stage);
}

// Each source is judged by its own oracle; a cell has evidence for one of them.
harness::Verdict CheckSources(const harness::History& history,
                              const harness::Expectation& expectation) {
  return history.Calls("work").empty() ? harness::CheckWakeSeen(history, expectation)
                                       : harness::CheckClaimOne(history, expectation);
}

}  // namespace

const Card isolation{
    .name = "wake/isolation",
    .claims = {"WAKE-ISOLATION"},
    .situation =
        "Subscribers with an interval of 1 ms share a database with some of 40 ms and 3 s that "
        "never wait, and leave. Or a delayed job falls due while other commits wake its worker "
        "every half millisecond.",
    .expectation =
        "Each subscriber sees each commit; the deadline is neither starved by wakes nor served "
        "twice.",
    .axes = {Backends(),
             {"journal", {"delete", "wal"}},
             {"sync", {"normal"}},
             {"sources", {"intervals"}, {}, {"deadline"}}},
    .roles = {{"writer:1", "commits"},
              {"watcher:1", "four subscribers"},
              {"producer:1", "enqueues one delayed job"},
              {"worker:1", "sleeps on the watcher and the job's deadline"}},
    .faults = {"none"},
    .oracles = {{{"sources", CheckSources}, "WAKE-ISOLATION"}},
    .evidence = "commits that each subscriber saw; a claim of the job while commits went on",
    .limits =
        "On the C ABI and SQL: fallback polls and notify rows are a binding's, and are tried in "
        "wake/listener_gets_each_once and by the C++ API's own tests.",
    .run = Run};

}  // namespace scenarios::wake
