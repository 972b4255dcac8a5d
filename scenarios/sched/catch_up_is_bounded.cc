#include "scenarios/index.h"
#include "scenarios/sql/rule_kept.h"
#include "scenarios/steps.h"

namespace scenarios::sched {
namespace {

// One step: what is done first ("" for nothing), the call that is judged, and its answer as rows.
struct Step {
  const char* first;
  const char* call;
  const char* answer;
  const char* promise;
};

constexpr Step kSteps[] = {
    {"", "SELECT json_array_length(honker_scheduler_tick(999))", "[[0]]", "nothing fires early"},
    {"", "SELECT json_array_length(honker_scheduler_tick(1630))", "[[64]]",
     "sixty-four boundaries are caught up with in one call"},
    {"", "SELECT next_fire_at FROM _honker_scheduler_tasks", "[[1640]]",
     "and none is skipped where there are no more"},
    {"", "SELECT json_array_length(honker_scheduler_tick(100000))", "[[64]]",
     "of thousands of boundaries sixty-four fire"},
    {"", "SELECT next_fire_at > 100000 FROM _honker_scheduler_tasks", "[[1]]",
     "and the rest is skipped"},
    {"", "SELECT json_array_length(honker_scheduler_tick(100000))", "[[0]]",
     "so that the next call has nothing to do"},
    {"", "SELECT count(*) FROM _honker_live", "[[128]]", "there is one job for each fire"},
    {"SELECT honker_scheduler_pause('s')",
     "SELECT json_array_length(honker_scheduler_tick(200000))", "[[0]]",
     "a paused schedule does not fire"},
    {"SELECT honker_scheduler_resume('s')",
     "SELECT json_array_length(honker_scheduler_tick(200000)) > 0", "[[1]]",
     "and fires again when it is resumed"},
};

void Run(Stage& stage) {
  NeedFunctions(stage, {"honker_bootstrap", "honker_scheduler_register", "honker_scheduler_tick",
                        "honker_scheduler_pause", "honker_scheduler_resume"});
  Actor& caller = stage.Start("caller:1");
  caller.Do("open_queue",
            Value::MakeObject(
                {{"path", stage.Db()}, {"journal", stage.Axis("journal")}, {"create", true}}));
  caller.Do("open", Value::MakeObject({{"path", stage.Db()}, {"load", true}}));
  caller.Do("exec", Value::MakeObject({{"sql",
                                        "SELECT honker_scheduler_register('s', 'q', '@every 10s', "
                                        "'p', 0, NULL)"}}));
  caller.Do("exec",
            Value::MakeObject({{"sql", "UPDATE _honker_scheduler_tasks SET next_fire_at = 1000"}}));
  for (const Step& step : kSteps) {
    if (*step.first != '\0') caller.Do("exec", Value::MakeObject({{"sql", step.first}}));
    stage.Record("rule", Value::MakeObject({{"rule", step.promise},
                                            {"promise", step.promise},
                                            {"answer", Value::Parse(step.answer).value()}}));
    (void)caller.Try("exec", Value::MakeObject({{"sql", step.call}}));
  }
}

}  // namespace

const Card catch_up_is_bounded{
    .name = "sched/catch_up_is_bounded",
    .claims = {"SCHED-ONCE"},
    .situation =
        "A schedule falls behind by sixty-four boundaries, then by thousands; it is paused, and "
        "resumed.",
    .expectation =
        "Sixty-four fire in one call, the rest is skipped; a paused one does not fire at all.",
    .axes = {Journals()},
    .roles = {{"caller:1", "ticks with moments of its own"}},
    .faults = {"none"},
    .oracles = {{{"rule_kept", sql::CheckRuleKept}, "SCHED-ONCE"}},
    .evidence = "the answer of each call",
    .limits =
        "One process, in autocommit: that leaders do not disturb each "
        "other is shown by sched/each_boundary_once. The number of what was skipped is told by the "
        "reference core alone, and shown by its "
        "tests.",
    .run = Run};

}  // namespace scenarios::sched
