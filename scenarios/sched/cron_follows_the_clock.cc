#include <algorithm>
#include <cstdint>
#include <filesystem>

#include "scenarios/index.h"
#include "scenarios/sql/rule_kept.h"
#include "scenarios/steps.h"

namespace scenarios::sched {
namespace {

struct Moment {
  const char* name;
  const char* zone;
  const char* expression;
  int64_t from;
  const char* answer;
  const char* promise;
};

constexpr Moment kMoments[] = {
#define MOMENT(name, zone, expr, from, answer, promise) {name, zone, expr, from, answer, promise},
#include "scenarios/sched/moments.def"
#undef MOMENT
};

harness::Axis Moments() {
  harness::Axis axis{"moment", {}};
  for (const Moment& moment : kMoments) axis.values.emplace_back(moment.name);
  return axis;
}

void Run(Stage& stage) {
  if (!stage.environment().subject.HasFunction("honker_cron_next_after"))
    stage.Absent("function honker_cron_next_after");
  const Moment& moment = *std::ranges::find(kMoments, stage.Axis("moment"),
                                            [](const Moment& m) { return std::string(m.name); });
  // The C library takes a zone that it does not find for UTC, and says nothing.
  if (!std::filesystem::exists(std::string("/usr/share/zoneinfo/") + moment.zone))
    stage.Skip(std::string("no time zone ") + moment.zone + " on this machine (package tzdata)");
  Actor& caller = stage.Start("caller:1", {{"TZ", moment.zone}});
  caller.Do("open",
            Value::MakeObject(
                {{"path", stage.Db()}, {"journal", "wal"}, {"create", true}, {"load", true}}));
  const bool error = std::string_view(moment.answer) == "error";
  Value answer =
      error ? Value("error") : Value::Parse(std::string("[[") + moment.answer + "]]").value();
  stage.Record("rule", Value::MakeObject({{"rule", moment.name},
                                          {"promise", moment.promise},
                                          {"answer", std::move(answer)}}));
  (void)caller.Try("exec",
                   Value::MakeObject(
                       {{"sql", std::string("SELECT honker_cron_next_after('") + moment.expression +
                                    "', " + std::to_string(moment.from) + ")"}}));
}

}  // namespace

const Card cron_follows_the_clock{
    .name = "sched/cron_follows_the_clock",
    .claims = {"SCHED-CRON"},
    .situation =
        "A process in some time zone asks for the next moment of a schedule, near a clock change, "
        "a leap day or the end of a range: scenarios/sched/moments.def has them all.",
    .expectation = "It is told the moment that the rule gives.",
    .axes = {Moments()},
    .roles = {{"caller:1", "in the zone of the moment: asks once"}},
    .faults = {"none"},
    .oracles = {{{"rule_kept", sql::CheckRuleKept}, "SCHED-CRON"}},
    .evidence = "the answer of the call",
    .limits =
        "One question each, in a process that has had one zone from its start: that no match is "
        "skipped over years and in many zones is shown for the reference core alone, by its "
        "property test against a search by brute force.",
    .run = Run};

}  // namespace scenarios::sched
