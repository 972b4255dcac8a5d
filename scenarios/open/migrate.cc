#include <algorithm>

#include "harness/oracle/all_succeed.h"
#include "scenarios/index.h"
#include "scenarios/open/racers.h"
#include "scenarios/sql/rule_kept.h"

namespace scenarios::open {
namespace {

struct Layout {
  const char* name;
  const char* tables;
};

constexpr Layout kLayouts[] = {
#define LAYOUT(name, tables) {#name, tables},
#include "scenarios/open/layouts.def"
#undef LAYOUT
};

harness::Axis Layouts() {
  harness::Axis axis{"layout", {}};
  for (const Layout& layout : kLayouts) axis.values.emplace_back(layout.name);
  return axis;
}

Value Exec(Actor& caller, const std::string& sql) {
  return caller.Do("exec", Value::MakeObject({{"sql", sql}}))["rows"];
}

const std::string& Text(const Value& row) { return row.items()[0].Text(); }

// "SELECT every column that is there now FROM table, in the order of rows", for each table.
std::vector<std::string> Readings(Actor& caller) {
  std::vector<std::string> readings;
  const Value tables = Exec(caller,
                            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE "
                            "'\\_honker%' ESCAPE '\\' ORDER BY name");
  for (const Value& table : tables.items()) {
    std::string columns;
    const Value names = Exec(caller, "SELECT name FROM pragma_table_info('" + Text(table) + "')");
    for (const Value& column : names.items())
      columns += (columns.empty() ? "\"" : ", \"") + Text(column) + "\"";
    readings.push_back("SELECT " + columns + " FROM " + Text(table) + " ORDER BY rowid");
  }
  return readings;
}

// Reads, as the rule that the answer is the promised one.
void Promise(Stage& stage, Actor& caller, const std::string& rule, const std::string& sql,
             const Value& answer) {
  stage.Record("rule", Value::MakeObject({{"rule", rule}, {"promise", rule}, {"answer", answer}}));
  (void)caller.Try("exec", Value::MakeObject({{"sql", sql}}));
}

void PromiseNumber(Stage& stage, Actor& caller, const std::string& rule, const std::string& sql,
                   int64_t number) {
  Promise(stage, caller, rule, sql, Value::MakeArray().Append(Value::MakeArray().Append(number)));
}

void Run(Stage& stage) {
  NeedFunctions(stage, {"honker_bootstrap", "honker_claim_batch"});
  const Layout& layout = *std::ranges::find(kLayouts, stage.Axis("layout"),
                                            [](const Layout& l) { return std::string(l.name); });
  Actor& caller = stage.Start("caller:1");
  caller.Do("open",
            Value::MakeObject(
                {{"path", stage.Db()}, {"journal", stage.Axis("journal")}, {"create", true}}));
  for (const std::string& sql : Statements(layout.tables)) Exec(caller, sql);
  std::vector<std::pair<std::string, Value>> before;
  for (const std::string& sql : Readings(caller)) before.emplace_back(sql, Exec(caller, sql));

  OpenAtOnce(stage, caller, std::stoi(stage.Axis("processes")),
             Value::MakeObject({{"path", stage.Db()}, {"busy_ms", 60'000}}));

  for (const auto& [sql, rows] : before)
    Promise(stage, caller, "no row is lost, doubled or changed", sql, rows);
  PromiseNumber(stage, caller, "the tables of section 2 are there",
                "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN "
                "('_honker_notifications', '_honker_live', '_honker_dead', '_honker_locks', "
                "'_honker_rate_limits', '_honker_scheduler_tasks', '_honker_results', "
                "'_honker_stream', '_honker_stream_consumers')",
                9);
  PromiseNumber(stage, caller, "the indexes of section 2 are there",
                "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND name IN "
                "('_honker_notifications_recent', '_honker_live_claim', "
                "'_honker_live_pending_deadline', '_honker_live_processing_deadline', "
                "'_honker_stream_topic')",
                5);
  PromiseNumber(stage, caller,
                "a schedule is enabled, with three attempts, unless it said otherwise",
                "SELECT count(*) FROM _honker_scheduler_tasks WHERE enabled <> 1 OR "
                "max_attempts <> 3",
                0);
  // 60 jobs, of which 20 are delayed for decades and 20 were claimed by a worker that is gone.
  caller.Do("open", Value::MakeObject({{"path", stage.Db()}, {"load", true}}));
  PromiseNumber(stage, caller, "every job that was due can be claimed",
                "SELECT json_array_length(honker_claim_batch('old', 'w', 1000, 60))", 40);
}

}  // namespace

const Card migrate{
    .name = "open/migrate",
    .claims = {"OPEN-MIGRATE"},
    .situation =
        "A file of an earlier layout with rows in every table (scenarios/open/layouts.def): "
        "schedules without `enabled` and `max_attempts`, or without the latter; no index; queues "
        "and notifications only. 1 to 32 processes load the extension on it and bootstrap it at "
        "the same moment.",
    .expectation =
        "All succeed; every row reads as before; what was missing is there; the jobs that were "
        "due can be claimed.",
    .axes = {Layouts(),
             {"journal", {"delete", "wal"}, {"wal"}},
             {.name = "processes", .values = {"1", "8"}, .full = {"2", "32"}}},
    .roles = {{"caller:1", "makes the file, reads it before and after, and claims"},
              {"opener:N", "loads and bootstraps"}},
    .faults = {"none"},
    .oracles = {{{"all_succeed", harness::CheckAllSucceed},
                 "OPEN-MIGRATE",
                 Value::MakeObject({{"op", "open_queue"}, {"processes", 1}})},
                {{"rule_kept", sql::CheckRuleKept}, "OPEN-MIGRATE"}},
    .evidence = "the rows as they were read before; calls that overlap where there are several",
    .limits =
        "Layouts that SPEC.md tells of. Nobody uses the file while it is migrated; a process that "
        "dies in the middle is not tried.",
    .run = Run};

}  // namespace scenarios::open
