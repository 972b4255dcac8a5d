#include "scenarios/claim/shop.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

#include "harness/actor/thread_activity.h"
#include "harness/base/patience.h"
#include "harness/oracle/claim_none_lost.h"
#include "harness/oracle/claim_one.h"
#include "scenarios/binding.h"

namespace scenarios::claim {
namespace {

using harness::CellEnd;
using harness::CellVerdict;

constexpr const char* kQueue = "shop";
// Of two slices that ended, the later began after the first count.
constexpr int64_t kSlicesForSilence = 2;
// Against a victim that never holds a job.
constexpr int kMostRounds = 20;
constexpr auto kPace =
    std::chrono::milliseconds(25);  // between two looks of the reader: load, not proof
// Against a hang: so long without one job fewer.
constexpr int64_t kStandstillMs = 120'000;

int64_t WallSeconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

const std::string& InTurn(const std::vector<std::string>& programs, int number) {
  return programs[static_cast<size_t>(number - 1) % programs.size()];
}

bool PayloadsAreJson(const ShopPlan& plan) {
  const auto foreign = [](const std::string& program) { return program != harness::kNativeActor; };
  return std::ranges::any_of(plan.producer_programs, foreign) ||
         std::ranges::any_of(plan.worker_programs, foreign);
}

}  // namespace

void Shop::Open() {
  NeedFunctions(stage_, {"honker_bootstrap", "honker_enqueue", "honker_claim_batch", "honker_ack",
                         "honker_queue_next_claim_at"});
  const Value open = Value::MakeObject(
      {{"path", stage_.Db()}, {"journal", stage_.Axis("journal")}, {"create", true}});
  reader_ = &stage_.StartWriter("reader:1");
  reader_->Do("open_queue", open);
  for (int i = 1; i <= plan_.producers; ++i) {
    producers_.push_back(
        &stage_.StartProgram(InTurn(plan_.producer_programs, i), "producer:" + std::to_string(i)));
    producers_.back()->Do("open_queue", open);
  }
  // The reader's connection knows the tables from now on: one that has not read them since they
  // were made, and is locked out when it prepares, is told "no such table" and not that it is
  // locked.
  reader_->Do("exec", Value::MakeObject({{"sql", "SELECT count(*) FROM _honker_live"}}));
  for (int i = 1; i <= plan_.workers; ++i) StartWorker(i);
}

void Shop::StartWorker(int number) {
  const std::string name = "worker:" + std::to_string(number);
  const std::string& program = InTurn(plan_.worker_programs, number);
  Actor& worker = stage_.StartProgram(program, name);
  const Value arguments = Value::MakeObject({{"path", stage_.Db()},
                                             {"journal", stage_.Axis("journal")},
                                             {"backend", stage_.Axis("backend")},
                                             {"queue", kQueue},
                                             {"json", PayloadsAreJson(plan_)},
                                             {"worker", name},
                                             {"busy_ms", 5000},
                                             {"lease_s", plan_.lease_s},
                                             {"batch", plan_.batch},
                                             {"handle_ms", plan_.handle_ms}});
  // A worker that comes while the others are busy may be kept out for long in the rollback modes,
  // where nobody queues for a lock: contention, and it tries again, as an application would.
  harness::Patience patience(kStandstillMs);
  harness::ActorReply reply = worker.Try("work", arguments);
  while (!reply.ok() && !patience.IsOver(stage_.Pids()) &&
         reply.value["message"].Text().find("locked") != std::string::npos) {
    reply = worker.Try("work", arguments);
  }
  if (!reply.ok())
    throw CellEnd(CellVerdict::kError, name + " cannot work: " + reply.value.Print());
  if (program != harness::kNativeActor) RequireBackend(stage_, program, reply.value);
  stage_.RequireOpened(reply.value, stage_.Axis("backend"), stage_.Axis("journal"));
  workers_.push_back(&worker);
}

void Shop::RunToTheEnd() {
  AwaitEachHasSlept();
  Produce();
  if (plan_.kill_one) KillOneThatHolds();
  AwaitProducers();
  DrainQueue();
  for (Actor* worker : workers_) worker->Do("stop");
  reader_->Do("jobs_left",
              Value::MakeObject({{"queue", kQueue}}));  // nobody else is at it any more
}

void Shop::AwaitEachHasSlept() {
  harness::Patience patience(kStandstillMs);
  const auto slept = [](const Value& state) { return state["sleep"].Int() > 0; };
  while (!std::ranges::all_of(States(), slept)) {
    if (patience.IsOver(stage_.Pids()))
      throw CellEnd(CellVerdict::kUnknown, "the workers did not come to rest before the first job");
    std::this_thread::sleep_for(kPace);
  }
}

void Shop::Produce() {
  for (size_t i = 0; i < producers_.size(); ++i) {
    producing_.push_back(producers_[i]->Begin(
        "produce", Value::MakeObject({{"queue", kQueue},
                                      {"prefix", "p" + std::to_string(i + 1) + "."},
                                      {"json", PayloadsAreJson(plan_)},
                                      {"from", produced_ + 1},
                                      {"count", plan_.jobs_each},
                                      {"rollback_every", plan_.rollback_every}})));
  }
  produced_ += plan_.jobs_each;
}

void Shop::AwaitProducers() {
  for (size_t i = 0; i < producing_.size(); ++i) producers_[i]->End(producing_[i]);
  producing_.clear();
}

std::vector<Value> Shop::JobsHeldBy(const Actor& worker) {
  const harness::ActorReply reply = reader_->Try(
      "exec", Value::MakeObject({{"sql",
                                  "SELECT id FROM _honker_live WHERE state='processing' AND "
                                  "claim_expires_at > unixepoch() AND worker_id='" +
                                      worker.process() + "'"}}));
  if (reply.ok()) return reply.value["rows"].items();
  if (reply.value["name"].Text() == "SQLITE_BUSY") return {};
  throw CellEnd(CellVerdict::kError, "reader:1 cannot read the queue: " + reply.value.Print());
}

void Shop::KillOneThatHolds() {
  // A worker may be stopped with a lock on the database: the reader gives up soon, and lets it go.
  reader_->Do("exec", Value::MakeObject({{"sql", "PRAGMA busy_timeout=100"}}));
  size_t victim = 0;
  bool held = false;
  for (int rounds = 1; !held;) {
    for (victim = 0; victim < workers_.size(); ++victim) {
      Actor& worker = *workers_[victim];
      if (JobsHeldBy(worker).empty()) continue;
      stage_.Signal(worker, SIGSTOP);
      const std::vector<Value> jobs = JobsHeldBy(worker);
      held = !jobs.empty();
      if (held) {
        stage_.Record("held", Value::MakeObject({{"process", worker.process()}, {"jobs", jobs}}));
        break;
      }
      stage_.Signal(worker, SIGCONT);
    }
    if (held) break;
    if (LiveJobs().empty()) {
      AwaitProducers();
      if (!LiveJobs().empty()) continue;
      if (++rounds > kMostRounds) break;
      Produce();
    }
    // Without a pause these reads alone would keep writers out in the rollback modes.
    std::this_thread::sleep_for(kPace / 5);
  }
  if (!held) victim = 0;
  stage_.Kill(*workers_[victim]);
  workers_.erase(workers_.begin() + static_cast<ptrdiff_t>(victim));
  reader_->Do("exec", Value::MakeObject({{"sql", "PRAGMA busy_timeout=60000"}}));
  StartWorker(plan_.workers + 1);
}

std::vector<Value> Shop::LiveJobs() {
  // In the rollback modes a reader may be kept out for as long as its busy timeout: contention, not
  // loss.
  const harness::ActorReply reply =
      reader_->Try("exec", Value::MakeObject({{"sql", "SELECT id FROM _honker_live"}}));
  if (reply.ok()) return reply.value["rows"].items();
  if (reply.value["name"].Text() == "SQLITE_BUSY") return {Value("unknown yet")};
  throw CellEnd(CellVerdict::kError, "reader:1 cannot read the queue: " + reply.value.Print());
}

std::vector<Value> Shop::States() {
  std::vector<Value> states;
  for (Actor* worker : workers_) {
    states.push_back(worker->Do("work_state"));
    const std::string& failed = states.back()["failed"].Text();
    if (!failed.empty())
      throw CellEnd(CellVerdict::kBroken, worker->process() + " could not go on: " + failed);
  }
  return states;
}

bool SilenceProof::Add(const std::vector<Value>& states, int64_t now_s, int64_t lease_s) {
  bool same = phase_ != Phase::kNone && states.size() == since_.size();
  bool looked = true, waited = true;
  for (size_t i = 0; i < states.size(); ++i) {
    const Value& now = states[i];
    const int64_t until = now["until"].Int();
    const bool no_deadline = until == 0 || until > now_s + lease_s + 5;
    if (!now["asleep"].Bool() || !no_deadline) {
      phase_ = Phase::kNone;
      return false;
    }
    if (!same) continue;
    const Value& then = since_[i];
    same = now["sleep"] == then["sleep"];
    looked &= now["looks"].Int() >= then["looks"].Int() + harness::actor::kLooksForQuiet &&
              now["rests"].Int() >= then["rests"].Int() + harness::actor::kRestsForQuiet;
    waited &= now["slices"].Int() >= then["slices"].Int() + kSlicesForSilence;
  }
  if (!same) {
    phase_ = Phase::kLooks;
    since_ = states;
  } else if (phase_ == Phase::kLooks && looked) {
    phase_ = Phase::kWaits;
    since_ = states;
  } else if (phase_ == Phase::kWaits && waited) {
    phase_ = Phase::kNone;
    return true;
  }
  return false;
}

void Shop::DrainQueue() {
  size_t fewest = SIZE_MAX;
  harness::Patience patience(kStandstillMs);
  SilenceProof silence;
  int nudges = 0;
  // The jobs are read before the workers are asked, each time: what is proved overslept was live
  // when the proof began and while it went on.
  for (std::vector<Value> live; !(live = LiveJobs()).empty();) {
    const std::vector<Value> states = States();
    if (silence.Add(states, WallSeconds(), plan_.lease_s)) {
      stage_.Record("nudge", Value::MakeObject({{"asleep", states}, {"live", live}}));
      Commit(*reader_, 100, ++nudges);
    }
    if (live.size() < fewest) {
      fewest = live.size();
      patience.Restart();
    }
    if (patience.IsOver(stage_.Pids())) {
      throw CellEnd(CellVerdict::kUnknown, "no job was finished for 120 s");
    }
    std::this_thread::sleep_for(kPace);
  }
}

harness::Verdict CheckNotOverslept(const harness::History& history, const harness::Expectation&) {
  harness::Verdict verdict;
  int64_t woken = 0, by_deadline = 0;
  for (size_t i : history.Events("sleep")) {
    const std::string& by = history.ops()[i].value["woken_by"].Text();
    woken += by == "wake";
    by_deadline += by == "deadline";
  }
  const std::vector<size_t> nudges = history.Events("nudge");
  for (size_t i : nudges) {
    verdict.proof.push_back(
        {i, "jobs were live, and every worker slept with no deadline and heard nothing"});
  }
  verdict.figures.Set("woken_by_wake", woken)
      .Set("woken_by_deadline", by_deadline)
      .Set("nudges", nudges.size());
  if (!nudges.empty()) {
    verdict.outcome = harness::Outcome::kFail;
    verdict.reason =
        std::to_string(nudges.size()) + " times the workers overslept jobs that could be claimed";
  } else if (woken == 0) {
    verdict.reason = "no wake ended a worker's sleep";
  } else {
    verdict.outcome = harness::Outcome::kPass;
    verdict.reason = "every sleep ended by a wake or a deadline";
  }
  return verdict;
}

std::vector<harness::CardOracle> ExactlyOnceWithAKill() {
  return {{{"claim_one", harness::CheckClaimOne}, "CLAIM-ONE"},
          {{"claim_none_lost", harness::CheckClaimNoneLost},
           "CLAIM-NONE-LOST",
           Value::MakeObject({{"all_acked", true}, {"min_killed_holding", 1}})},
          {{"claim_none_lost", harness::CheckClaimNoneLost}, "CLAIM-NO-GHOST"},
          {{"not_overslept", CheckNotOverslept}, "CLAIM-WAKE"}};
}

}  // namespace scenarios::claim
