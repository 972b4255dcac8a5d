#include <filesystem>

#include "scenarios/index.h"
#include "scenarios/sql/rule_kept.h"
#include "scenarios/steps.h"

namespace scenarios::sched {
namespace {

// Nine in the morning of 2026-01-05 in Berlin; no clock changes in the days after.
constexpr const char* kFirstZone = "Europe/Berlin";
constexpr const char* kOtherZone = "America/New_York";
constexpr int64_t kFirst = 1'767'600'000;
constexpr int64_t kSixHours = 6 * 3600;

void Exec(Actor& actor, const std::string& sql) {
  actor.Do("exec", Value::MakeObject({{"sql", sql}}));
}
// What it comes to is in the history: a refusal is one of the answers.
bool Try(Actor& actor, const std::string& sql) {
  return actor.Try("exec", Value::MakeObject({{"sql", sql}})).ok();
}

std::string RegisterAtNine(const std::string& name) {
  return "SELECT honker_scheduler_register('" + name + "', 'q." + name +
         "', '0 9 * * *', 'p', 0, NULL)";
}

// Notes the boundaries that fired, of both: a job does not say which one it is of.
void Tick(Actor& caller, Actor& leader, int64_t moment) {
  const std::string sql = "SELECT honker_scheduler_tick(" + std::to_string(moment) + ")";
  const harness::ActorReply reply = leader.Try("exec", Value::MakeObject({{"sql", sql}}));
  if (!reply.ok()) return;
  const auto fires = Value::Parse(reply.value["rows"].items()[0].items()[0].Text());
  if (!fires.ok())
    throw harness::CellEnd(harness::CellVerdict::kBroken, "a tick's answer is no JSON");
  for (const Value& fire : fires.value().items()) {
    Exec(caller, "INSERT INTO fired VALUES (" + std::to_string(fire["fire_at"].Int()) + ")");
  }
}

void TickForTwoDays(Actor& caller, const std::vector<Actor*>& leaders, int64_t from) {
  Exec(caller, "CREATE TABLE fired(fire_at)");
  for (int64_t moment = from; moment <= from + 8 * kSixHours; moment += kSixHours) {
    for (Actor* leader : leaders) Tick(caller, *leader, moment);
  }
}

void Promise(Stage& stage, Actor& caller, const std::string& promise, const std::string& sql,
             const Value& answer) {
  stage.Record("rule",
               Value::MakeObject(
                   {{"rule", promise},
                    {"promise", promise},
                    {"answer", Value::MakeArray().Append(Value::MakeArray().Append(answer))}}));
  (void)Try(caller, sql);
}

// What was due at nine in Berlin stays so, though New York ticks first.
void OtherTicks(Stage& stage, Actor& caller, Actor& other) {
  Exec(caller, RegisterAtNine("first"));
  Exec(caller, "UPDATE _honker_scheduler_tasks SET next_fire_at = " + std::to_string(kFirst));
  TickForTwoDays(caller, {&other, &caller}, kFirst);
  Promise(stage, caller, "it fires once a day at nine of the clock it was made by",
          "SELECT group_concat(hour, ' ') FROM (SELECT (fire_at - " + std::to_string(kFirst) +
              ") / 3600 AS hour FROM fired ORDER BY fire_at)",
          "0 24 48");
}

// What New York has made keeps to one clock, though Berlin ticks. From its own first moment on: the
// clocks may change in these days, by an hour; the two zones are six apart.
void OtherRegisters(Stage& stage, Actor& caller, Actor& other) {
  Exec(caller, RegisterAtNine("first"));
  const bool accepted = Try(other, RegisterAtNine("second"));
  Promise(stage, caller, "it is there where it was accepted, and not where it was refused",
          "SELECT count(*) FROM _honker_scheduler_tasks WHERE name = 'second'", accepted ? 1 : 0);
  if (accepted) {
    Exec(caller, "SELECT honker_scheduler_unregister('first')");
    const Value rows = caller.Do("exec", Value::MakeObject({{"sql",
                                                             "SELECT next_fire_at FROM "
                                                             "_honker_scheduler_tasks"}}))["rows"];
    TickForTwoDays(caller, {&caller}, rows.items()[0].items()[0].Int());
    Promise(
        stage, caller, "it fires a day apart each time",
        "SELECT count(*) FROM (SELECT fire_at - lag(fire_at) OVER (ORDER BY fire_at) AS gap FROM "
        "fired) WHERE gap NOT BETWEEN 82800 AND 90000",
        0);
  }
}

void Run(Stage& stage) {
  NeedFunctions(stage, {"honker_bootstrap", "honker_scheduler_register", "honker_scheduler_tick"});
  for (const char* zone : {kFirstZone, kOtherZone}) {
    if (!std::filesystem::exists(std::string("/usr/share/zoneinfo/") + zone))
      stage.Skip(std::string("no time zone ") + zone + " on this machine (package tzdata)");
  }
  Actor& caller = stage.Start("caller:1", {{"TZ", kFirstZone}});
  Actor& other = stage.Start("other:1", {{"TZ", kOtherZone}});
  for (Actor* actor : {&caller, &other}) OpenForCalls(stage, *actor);
  (stage.Axis("other") == "ticks" ? OtherTicks : OtherRegisters)(stage, caller, other);
}

}  // namespace

const Card one_zone{
    .name = "sched/one_zone",
    .claims = {"SCHED-ZONE"},
    .situation =
        "A process in Europe/Berlin registers a schedule for nine in the morning. Every six hours "
        "for two days a process in America/New_York ticks before it does; or that one registers a "
        "schedule for nine itself, and the process in Berlin ticks alone.",
    .expectation =
        "Each schedule fires at nine of one clock, the one it was made by, once a day. Whether the "
        "process of the other zone is refused is up to the subject.",
    .axes = {{"other", {"ticks", "registers"}}, Journals({"wal"})},
    .roles = {{"caller:1", "in Berlin: registers and ticks"},
              {"other:1", "in New York: ticks, or registers"}},
    .faults = {"none"},
    .oracles = {{{"rule_kept", sql::CheckRuleKept}, "SCHED-ZONE"}},
    .evidence = "the boundaries that the ticks say have fired",
    .limits =
        "Moments are given to the function. Two zones without a change of their clocks in between; "
        "that the refusal names both is shown for the reference core by its own tests.",
    .run = Run};

}  // namespace scenarios::sched
