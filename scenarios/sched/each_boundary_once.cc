#include <array>
#include <cerrno>
#include <random>

#include "faults/vfs/gate.h"
#include "harness/base/patience.h"
#include "harness/oracle/fired_once.h"
#include "scenarios/index.h"
#include "scenarios/steps.h"

namespace scenarios::sched {
namespace {

using harness::CellEnd;
using harness::CellVerdict;

constexpr int kDeaths = 8;
constexpr int64_t kGateLimitMs = 120'000;
// Against a hang: leaders that never get the lock.
constexpr int64_t kStandstillMs = 120'000;
constexpr int64_t kFirst = 1'000'000'000;
// Below 64 boundaries of the fastest schedule: nothing may be skipped.
constexpr int kLongestStepS = 40;

struct Plan {
  const char* name;
  int64_t every_s;
};
constexpr std::array<Plan, 3> kPlans = {{{"fast", 1}, {"slow", 7}, {"rare", 60}}};

Value Now(int64_t now) { return Value::MakeObject({{"now", now}}); }

void Register(Stage& stage, Actor& reader) {
  for (const Plan& plan : kPlans) {
    const std::string name = plan.name;
    reader.Do("exec",
              Value::MakeObject({{"sql", "SELECT honker_scheduler_register('" + name + "', 'q." +
                                             name + "', '@every " + std::to_string(plan.every_s) +
                                             "s', 'p', 0, NULL)"}}));
    stage.Record(
        "schedule",
        Value::MakeObject(
            {{"name", name}, {"queue", "q." + name}, {"first", kFirst}, {"every", plan.every_s}}));
  }
  reader.Do("exec",
            Value::MakeObject({{"sql", "UPDATE _honker_scheduler_tasks SET next_fire_at = " +
                                           std::to_string(kFirst)}}));
}

// A leader of its own, killed at its `nth` write inside a tick.
void DieTicking(Stage& stage, int nth, int64_t now, const Value& open) {
  const std::string name = "mortal:" + std::to_string(nth);
  auto gate = faults::Gate::Create(stage.File(""), "death" + std::to_string(nth));
  if (!gate.ok()) throw CellEnd(CellVerdict::kError, gate.Message());
  const std::string fault = gate.value().FaultText(
      name, "at=vfs.write.* when=before nth=" + std::to_string(nth) + " once");
  Actor& mortal = stage.Start(name, {{"FAULT_VFS_GATES", fault}});
  mortal.Do("load",
            Value::MakeObject({{"library", stage.environment().tools + "/libfault_vfs.so"}}));
  mortal.Do("open_queue", open);
  (void)mortal.Begin("tick", Now(now));
  stage.Fault(fault, [&]() -> std::string {
    harness::Patience patience(kGateLimitMs);
    while (true) {
      const auto reached = gate.value().WaitReached(std::chrono::seconds(1));
      if (reached.ok()) return "";
      if (reached.error().error != ETIMEDOUT || patience.IsOver(stage.Pids()))
        return "no write came to the gate: " + reached.Message();
    }
  });
  stage.Kill(mortal);
}

// Both at once, until one got the lock.
void TickTogether(Stage& stage, const std::array<Actor*, 2>& leaders, int64_t now) {
  harness::Patience patience(kStandstillMs);
  for (bool done = false; !done;) {
    std::array<int64_t, 2> calls{};
    for (size_t i = 0; i < leaders.size(); ++i) calls[i] = leaders[i]->Begin("tick", Now(now));
    for (size_t i = 0; i < leaders.size(); ++i) done |= leaders[i]->End(calls[i]).ok();
    if (!done && patience.IsOver(stage.Pids()))
      throw CellEnd(CellVerdict::kUnknown, "no leader got the lock");
  }
}

void Run(Stage& stage) {
  for (const char* name :
       {"honker_bootstrap", "honker_scheduler_register", "honker_scheduler_tick"}) {
    if (!stage.environment().subject.HasFunction(name))
      stage.Absent(std::string("function ") + name);
  }
  const Value open = Value::MakeObject(
      {{"path", stage.Db()}, {"journal", stage.Axis("journal")}, {"create", true}});
  Actor& reader = stage.StartWriter("reader:1");
  reader.Do("open_queue", open);
  reader.Do("close");
  reader.Do("open", Value::MakeObject({{"path", stage.Db()}, {"load", true}}));
  Register(stage, reader);
  std::array<Actor*, 2> leaders{};
  for (size_t i = 0; i < leaders.size(); ++i) {
    leaders[i] = &stage.Start("leader:" + std::to_string(i + 1));
    leaders[i]->Do("open_queue", open);
  }
  std::uniform_int_distribution<int> step_s(1, kLongestStepS);
  int64_t now = kFirst;
  for (int death = 1; death <= kDeaths; ++death) {
    DieTicking(stage, death, now, open);
    TickTogether(stage, leaders, now);
    now += step_s(stage.random());
    TickTogether(stage, leaders, now);
    now += step_s(stage.random());
  }
  TickTogether(stage, leaders, now);
  for (const Plan& plan : kPlans) {
    reader.Do("jobs_left", Value::MakeObject({{"queue", std::string("q.") + plan.name}}));
  }
}

}  // namespace

const Card each_boundary_once{
    .name = "sched/each_boundary_once",
    .claims = {"SCHED-ONCE"},
    .situation =
        "Two leaders in processes of their own tick at the same moments; before each of eight such "
        "moments a third one ticks and is killed inside, at its first, second, ... eighth write to "
        "the database, its WAL or its journal.",
    .expectation =
        "Each boundary of three schedules has exactly one job, whoever made it and whoever died.",
    .axes = {Journals()},
    .roles = {{"leader:1..2", "tick at the same moments"},
              {"mortal:1..8", "tick once, and are killed inside"},
              {"reader:1", "registers the schedules, and looks which jobs there are"}},
    .faults = {"gate mortal:* at=vfs.write.* when=before nth=1..8 once", "kill mortal:*"},
    .oracles = {{{"fired_once", harness::CheckFiredOnce},
                 "SCHED-ONCE",
                 Value::MakeObject({{"min_cut_off", kDeaths}})}},
    .evidence = "eight ticks that ended with their process, and the jobs that are there in the end",
    .limits =
        "The moments are given to the function, the clock plays no part; leaders are not elected. "
        "A death after the commit's last write is not tried.",
    .run = Run};

}  // namespace scenarios::sched
