#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
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
constexpr auto kNextWriteWait = std::chrono::milliseconds(1000);
// Against a hang: leaders that never get the lock.
constexpr int64_t kStandstillMs = 120'000;
constexpr int64_t kFirst = 1'000'000'000;
// More fires than in the tick whose writes are counted, and below 64 boundaries of the fastest
// schedule: nothing may be skipped.
constexpr int kShortestStepS = 10;
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

// A leader that goes through that gate.
Actor& StartGated(Stage& stage, const std::string& name, const std::string& fault,
                  const Value& open) {
  Actor& leader = StartShimmed(stage, name, fault);
  leader.Do("open_queue", open);
  return leader;
}

// How many writes a tick makes, or a few less: one is led from write to write. Where the machine is
// so slow that the next write does not come, it goes on without, and the count is lower.
int CountWrites(Stage& stage, int64_t now, const Value& open) {
  int writes = 0;
  int64_t call = 0;
  Actor* leader = nullptr;
  {
    faults::Gate gate = MakeGate(stage, "count");
    leader = &StartGated(stage, "counter:1",
                         gate.FaultText("counter:1", "at=vfs.write.* when=before always"), open);
    call = leader->Begin("tick", Now(now));
    while (gate.WaitReached(kNextWriteWait).ok() && gate.Release().ok()) ++writes;
  }
  leader->End(call);
  stage.Quit(*leader);
  // Another tick may find the WAL's header written.
  return std::max(writes - 2, 1);
}

// A leader of its own, killed at its `nth` write inside a tick.
void DieTicking(Stage& stage, int death, int nth, int64_t now, const Value& open) {
  const std::string name = "mortal:" + std::to_string(death);
  faults::Gate gate = MakeGate(stage, "death" + std::to_string(death));
  const std::string fault =
      gate.FaultText(name, "at=vfs.write.* when=before nth=" + std::to_string(nth) + " once");
  Actor& mortal = StartGated(stage, name, fault, open);
  (void)mortal.Begin("tick", Now(now));
  stage.Fault(fault, [&]() -> std::string {
    harness::Patience patience(kGateLimitMs);
    while (true) {
      const auto reached = gate.WaitReached(std::chrono::seconds(1));
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
  NeedFunctions(stage, {"honker_bootstrap", "honker_scheduler_register", "honker_scheduler_tick"});
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
  std::uniform_int_distribution<int> step_s(kShortestStepS, kLongestStepS);
  int64_t now = kFirst;
  const int writes = CountWrites(stage, now, open);
  now += step_s(stage.random());
  for (int death = 1; death <= kDeaths; ++death) {
    // From the first write to the last.
    DieTicking(stage, death, 1 + (writes - 1) * (death - 1) / (kDeaths - 1), now, open);
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
        "moments a third one ticks and is killed inside, at writes to the database, its WAL or its "
        "journal that are spread from the first one of a tick to the last.",
    .expectation =
        "Each boundary of three schedules has exactly one job, whoever made it and whoever died.",
    .axes = {Journals()},
    .roles = {{"leader:1..2", "tick at the same moments"},
              {"counter:1", "ticks once, led from write to write, so that they can be counted"},
              {"mortal:1..8", "tick once, and are killed inside"},
              {"reader:1", "registers the schedules, and looks which jobs there are"}},
    .faults = {"gate mortal:* at=vfs.write.* when=before nth=N once", "kill mortal:*"},
    .oracles = {{{"fired_once", harness::CheckFiredOnce},
                 "SCHED-ONCE",
                 Value::MakeObject({{"min_cut_off", kDeaths}})}},
    .evidence = "eight ticks that ended with their process, and the jobs that are there in the end",
    .limits =
        "The moments are given to the function, the clock plays no part; leaders are not elected. "
        "A death after the commit's last write is not tried.",
    .run = Run};

}  // namespace scenarios::sched
