#include <map>
#include <utility>

#include "faults/ledger.h"
#include "harness/oracle/claim_none_lost.h"
#include "harness/oracle/claim_one.h"
#include "harness/oracle/fired_once.h"
#include "harness/oracle/marks_remain.h"
#include "harness/oracle/stream_order.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::fault {
namespace {

using harness::CellEnd;
using harness::CellVerdict;

constexpr const char* kQueue = "shop";
constexpr const char* kFires = "fires";
constexpr const char* kStream = "orders";
constexpr int64_t kFirst = 1'000'000'000;  // the first boundary of the schedule
constexpr int64_t kLeaseS = 30;

// The command in which a site is reached.
std::string CommandAt(const std::string& site) {
  if (site.starts_with("actor.")) return site.substr(site.rfind('.') + 1);
  static const std::map<std::string, std::string> commands = {
      {"claim", "claim"}, {"tick", "tick"}, {"publish", "stream_publish"}};
  const auto found = commands.find(site.substr(0, site.find('.')));
  if (found == commands.end())
    throw CellEnd(CellVerdict::kError, "no command is known to reach " + site);
  return found->second;
}

// One life with the whole story in it, so that every oracle has something to judge wherever the
// victim dies: a mark, a job, a claim with an ack, a tick and an event.
class Story {
 public:
  explicit Story(Stage& stage)
      : stage_(stage),
        clock_(MakeClock(stage.Aside("clock"))),
        open_(Value::MakeObject({{"path", stage.Db()}, {"journal", stage.Axis("journal")}})) {}

  void Prepare() {
    MakeDatabase(stage_, stage_.Db());
    maker_ = &Start("maker:1", {});
    Commit(*maker_, 1, 1);
    for (const char* key : {"m.1", "m.2", "m.3"}) maker_->Do("enqueue", Job(key));
    Exec(*maker_, "SELECT honker_scheduler_register('s', '" + std::string(kFires) +
                      "', '@every 1s', 'p', 0, NULL)");
    Exec(*maker_, "UPDATE _honker_scheduler_tasks SET next_fire_at = " + std::to_string(kFirst));
    stage_.Record(
        "schedule",
        Value::MakeObject({{"name", "s"}, {"queue", kFires}, {"first", kFirst}, {"every", 1}}));
    Publish("m.1");
  }

  // The victim's part. Ends the cell as `unknown` where it lives on.
  void KillAtSite(const std::string& site) {
    const std::string fatal = CommandAt(site);
    const std::string fault = "kill victim:1 at=" + site;
    stage_.Fault(fault, [&]() -> std::string {
      Actor& victim =
          Start("victim:1", {{"LD_PRELOAD", stage_.environment().tools + "/libfault_preload.so"},
                             {"FAULT_LIBC", fault},
                             {"FAULT_PROCESS", "victim:1"},
                             {"FAULT_LEDGER", stage_.LedgerPath()}});
      const std::pair<const char*, Value> commands[] = {
          {"commit", Value::MakeObject({{"writer", 2}, {"seq", 1}})},
          {"enqueue", Job("v.1")},
          {"claim", ClaimBy("victim:1")},
          {"ack", Value::MakeObject({{"worker", "victim:1"}})},
          {"tick", Value::MakeObject({{"now", kFirst + 4}})},
          {"stream_publish", Value::MakeObject({{"stream", kStream}, {"payload", "v.1"}})}};
      int64_t claimed = 0;
      for (auto [op, value] : commands) {
        if (op == std::string("ack")) value.Set("id", claimed);
        if (op == fatal) return AtThePoint(victim, op, std::move(value), site);
        const Value answer = victim.Do(op, std::move(value));
        if (op == std::string("claim")) claimed = answer["jobs"].items()[0]["id"].Int();
      }
      return "there is no command " + fatal;
    });
  }

  // Others go on, and finish what there is.
  void Survive() {
    for (const int64_t now : {kFirst + 4, kFirst + 9})
      maker_->Do("tick", Value::MakeObject({{"now", now}}));
    Publish("m.2");
    maker_->Do("stream_since", Value::MakeObject({{"stream", kStream}, {"offset", 0}}));
    stage_.Fault("clock_step * by_s=" + std::to_string(kLeaseS + 1), [&] {
      clock_.StepMs((kLeaseS + 1) * 1000);
      return "";
    });
    while (true) {
      const Value jobs = maker_->Do("claim", ClaimBy("maker:1"))["jobs"];
      if (jobs.items().empty()) break;
      for (const Value& job : jobs.items()) {
        maker_->Do("ack", Value::MakeObject({{"worker", "maker:1"}, {"id", job["id"]}}));
      }
    }
    for (const char* queue : {kQueue, kFires})
      maker_->Do("jobs_left", Value::MakeObject({{"queue", queue}}));
    Audit(stage_);
  }

 private:
  static Value Job(const std::string& key) {
    return Value::MakeObject({{"queue", kQueue}, {"key", key}});
  }
  static Value ClaimBy(const char* worker) {
    return Value::MakeObject(
        {{"queue", kQueue}, {"worker", worker}, {"n", 2}, {"lease_s", kLeaseS}});
  }
  static void Exec(Actor& actor, const std::string& sql) {
    actor.Do("exec", Value::MakeObject({{"sql", sql}, {"conn", "jobs"}}));
  }
  void Publish(const std::string& payload) {
    maker_->Do("stream_publish", Value::MakeObject({{"stream", kStream}, {"payload", payload}}));
  }

  // All share a clock, so that a lease is over when it is to be.
  Actor& Start(const std::string& process, std::map<std::string, std::string> environment) {
    environment["FAULT_CLOCK"] = stage_.Aside("clock");
    Actor& actor = stage_.Start(process, std::move(environment));
    LoadShim(stage_, actor);
    actor.Do("open", open_);
    Value with_subject = open_;
    actor.Do("open", with_subject.Set("conn", "jobs").Set("load", true));
    actor.Do("open_queue", open_);
    return actor;
  }

  std::string AtThePoint(Actor& victim, const std::string& op, Value value,
                         const std::string& site) {
    const bool killed = stage_.IsKilledBy(victim, op, std::move(value));
    const auto ledger = faults::ReadLedger(stage_.LedgerPath());
    if (!ledger.ok()) return ledger.Message();
    bool fired = false;
    for (const auto& entry : ledger.value()) fired |= entry.event == "fired" && entry.site == site;
    if (!killed || !fired)
      throw CellEnd(CellVerdict::kUnknown, "victim:1 was not killed at " + site);
    return "";
  }

  Stage& stage_;
  faults::Clock clock_;
  const Value open_;
  Actor* maker_ = nullptr;
};

void Run(Stage& stage) {
  NeedFunctions(stage, {"honker_bootstrap", "honker_enqueue", "honker_claim_batch", "honker_ack",
                        "honker_scheduler_register", "honker_scheduler_tick",
                        "honker_stream_publish", "honker_stream_read_since"});
  const std::string& site = stage.Axis("site");
  if (!site.starts_with("actor.") && !stage.environment().subject.HasSite(site)) {
    stage.Absent("point " + site + " (of the reference only libhonker_ext_mutant.so has points)");
  }
  Story story(stage);
  story.Prepare();
  story.KillAtSite(site);
  story.Survive();
}

}  // namespace

const Card killed_at_a_site{
    .name = "fault/killed_at_a_site",
    .claims = {"CLAIM-ONE", "CLAIM-NONE-LOST", "SCHED-ONCE", "STREAM-ORDER", "DURABLE-KILL"},
    .situation =
        "A process commits a mark, enqueues, claims, acks, ticks and publishes, and is killed at a "
        "named point: between what it did and what is known of it, or inside a function of the "
        "subject. Another process goes on: the same tick and a later one, an event, and after the "
        "lease every job that is left.",
    .expectation =
        "What was acknowledged is there; what was under way is there as a whole or not at all, and "
        "is done once in the end; the database is intact.",
    .axes = {{.name = "site",
              .values = {"actor.done.commit", "actor.done.claim", "actor.done.ack",
                         "actor.done.tick", "actor.recorded.commit", "actor.recorded.claim"},
              .quick = {"actor.done.claim", "actor.recorded.commit"},
              .full = {"actor.begun.commit", "actor.begun.claim", "actor.done.enqueue",
                       "actor.done.stream_publish", "actor.recorded.ack", "actor.recorded.tick",
                       "actor.replied.claim", "claim.selected", "claim.marked", "claim.committed",
                       "tick.enqueued", "tick.committed", "publish.committed"}},
             Journals({"delete", "wal"}, {"truncate", "persist"})},
    .roles = {{"maker:1", "makes what there is, and goes on after the death"},
              {"victim:1", "does each of it once, and dies"},
              {"auditor:1", "reads the marks and checks the database"}},
    .faults = {"kill victim:1 at=actor.done.claim"},
    .oracles = {{{"claim_one", harness::CheckClaimOne}, "CLAIM-ONE"},
                {{"claim_none_lost", harness::CheckClaimNoneLost},
                 "CLAIM-NONE-LOST",
                 Value::MakeObject({{"queue", kQueue}, {"all_acked", true}})},
                {{"fired_once", harness::CheckFiredOnce}, "SCHED-ONCE"},
                {{"stream_order", harness::CheckStreamOrder}, "STREAM-ORDER"},
                {{"marks_remain", harness::CheckMarksRemain}, "DURABLE-KILL"}},
    .evidence = "the ledger, a process that SIGKILL ended, and what is left in the end",
    .limits =
        "A subject that does not say that it has a point is `absent` there: the points of a "
        "process "
        "(actor.*) are there with any subject. One death, and nobody beside it while it happens.",
    .run = Run};

}  // namespace scenarios::fault
