#include "scenarios/claim/shop.h"

#include <chrono>
#include <thread>

namespace scenarios::claim {
namespace {

using harness::CellEnd;
using harness::CellVerdict;

constexpr const char* kQueue = "shop";
// A sleeper that has looked up that often since it lay down would have heard a wake.
constexpr int64_t kSlicesForSound = 6;
constexpr auto kPace =
    std::chrono::milliseconds(25);  // between two looks of the reader: load, not proof
// Against a hang: so long without one job fewer.
constexpr int64_t kStandstillNs = 120'000'000'000;

int64_t WallSeconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

void Shop::Open() {
  for (const char* name : {"honker_bootstrap", "honker_enqueue", "honker_claim_batch", "honker_ack",
                           "honker_queue_next_claim_at"}) {
    if (!stage_.environment().subject.HasFunction(name))
      stage_.Absent(std::string("function ") + name);
  }
  const Value open = Value::MakeObject(
      {{"path", stage_.Db()}, {"journal", stage_.Axis("journal")}, {"create", true}});
  reader_ = &stage_.StartWriter("reader:1");
  reader_->Do("open_queue", open);
  for (int i = 1; i <= plan_.producers; ++i) {
    producers_.push_back(&stage_.Start("producer:" + std::to_string(i)));
    producers_.back()->Do("open_queue", open);
  }
  for (int i = 1; i <= plan_.workers; ++i) StartWorker(i);
}

void Shop::StartWorker(int number) {
  const std::string name = "worker:" + std::to_string(number);
  Actor& worker = stage_.Start(name);
  const Value arguments = Value::MakeObject({{"path", stage_.Db()},
                                             {"journal", stage_.Axis("journal")},
                                             {"backend", stage_.Axis("backend")},
                                             {"queue", kQueue},
                                             {"worker", name},
                                             {"busy_ms", 5000},
                                             {"lease_s", plan_.lease_s},
                                             {"batch", plan_.batch},
                                             {"handle_ms", plan_.handle_ms}});
  // A worker that comes while the others are busy may be kept out for long in the rollback modes,
  // where nobody queues for a lock: contention, and it tries again, as an application would.
  const int64_t give_up = harness::NowNs() + kStandstillNs;
  harness::ActorReply reply = worker.Try("work", arguments);
  while (!reply.ok() && harness::NowNs() < give_up &&
         reply.value["message"].Text().find("locked") != std::string::npos) {
    reply = worker.Try("work", arguments);
  }
  if (!reply.ok())
    throw CellEnd(CellVerdict::kError, name + " cannot work: " + reply.value.Print());
  const Value& answer = reply.value;
  if (answer["outcome"].Text() != "opened") {
    const bool documented = stage_.Axis("backend") == "shm" && stage_.Axis("journal") != "wal";
    throw CellEnd(documented ? CellVerdict::kRefused : CellVerdict::kBroken,
                  "refused at open: " + answer["error"].Text());
  }
  workers_.push_back(&worker);
}

void Shop::RunToTheEnd() {
  std::vector<int64_t> calls;
  for (size_t i = 0; i < producers_.size(); ++i) {
    calls.push_back(producers_[i]->Begin(
        "produce", Value::MakeObject({{"queue", kQueue},
                                      {"prefix", "p" + std::to_string(i + 1) + "."},
                                      {"count", plan_.jobs_each},
                                      {"rollback_every", plan_.rollback_every}})));
  }
  if (plan_.kill_one) KillFirstWorker();
  for (size_t i = 0; i < producers_.size(); ++i) producers_[i]->End(calls[i]);
  DrainQueue();
  for (Actor* worker : workers_) worker->Do("stop");
  reader_->Do("jobs_left",
              Value::MakeObject({{"queue", kQueue}}));  // nobody else is at it any more
}

void Shop::KillFirstWorker() {
  // It dies with a claim in its hands, if it ever gets one; otherwise it just dies.
  const Value held = Value::MakeObject(
      {{"sql", "SELECT count(*), sum(worker_id = 'worker:1') FROM _honker_live"}});
  const int64_t give_up = harness::NowNs() + 2'000'000'000;
  while (harness::NowNs() < give_up) {
    const harness::ActorReply reply = reader_->Try("exec", held);
    if (reply.ok() && reply.value["rows"].items()[0].items()[1].Int() > 0) break;
    // Without a pause these reads alone would keep writers out in the rollback modes.
    std::this_thread::sleep_for(kPace / 5);
  }
  stage_.Kill(*workers_.front());
  workers_.erase(workers_.begin());
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

bool Shop::EveryWorkerSleepsForGood(Value& states) {
  states = Value::MakeArray();
  bool all = true;
  for (Actor* worker : workers_) {
    const Value state = worker->Do("work_state");
    states.Append(state);
    // A deadline that lies ahead will wake it; one beyond every lease is as good as none.
    const int64_t until = state["until"].Int();
    const bool no_deadline = until == 0 || until > WallSeconds() + plan_.lease_s + 5;
    all &= state["asleep"].Bool() && no_deadline && state["slices"].Int() >= kSlicesForSound;
  }
  return all;
}

void Shop::DrainQueue() {
  size_t fewest = SIZE_MAX;
  int64_t fewest_ns = harness::NowNs();
  Value before;
  int nudges = 0;
  for (std::vector<Value> live; !(live = LiveJobs()).empty();) {
    Value states;
    // The same sleep twice, with jobs waiting before and between: no wake is on its way.
    if (EveryWorkerSleepsForGood(states)) {
      const auto sleeps = [](const Value& all) {
        std::string text;
        for (const Value& s : all.items()) text += std::to_string(s["sleep"].Int()) + " ";
        return text;
      };
      if (!before.is_null() && sleeps(before) == sleeps(states)) {
        stage_.Record("nudge",
                      Value::MakeObject({{"asleep", states}, {"live", Value(Value::Array(live))}}));
        Commit(*reader_, 100, ++nudges);
        states = Value();
      }
      before = states;
    } else {
      before = Value();
    }
    if (live.size() < fewest) {
      fewest = live.size();
      fewest_ns = harness::NowNs();
    }
    if (harness::NowNs() - fewest_ns > kStandstillNs) {
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
  } else if (woken + by_deadline == 0) {
    verdict.reason = "no worker was woken out of a sleep";
  } else {
    verdict.outcome = harness::Outcome::kPass;
    verdict.reason = "every sleep ended by a wake or a deadline";
  }
  return verdict;
}

}  // namespace scenarios::claim
