#include <algorithm>
#include <sstream>

#include "scenarios/index.h"
#include "scenarios/sql/rule_kept.h"
#include "scenarios/steps.h"

namespace scenarios::sql {
namespace {

struct Rule {
  const char* name;
  const char* functions;
  const char* setup;
  const char* call;
  const char* answer;
  const char* promise;
};

constexpr Rule kRules[] = {
#define RULE(name, functions, setup, call, answer, promise) \
  {name, functions, setup, call, answer, promise},
#include "scenarios/sql/rules.def"
#undef RULE
};

harness::Axis Rules() {
  harness::Axis axis{"rule", {}};
  for (const Rule& rule : kRules) axis.values.emplace_back(rule.name);
  return axis;
}

void Run(Stage& stage) {
  const Rule& rule = *std::ranges::find(kRules, stage.Axis("rule"),
                                        [](const Rule& r) { return std::string(r.name); });
  std::istringstream functions(rule.functions);
  for (std::string name; functions >> name;) {
    if (!stage.environment().subject.HasFunction(name)) stage.Absent("function " + name);
  }
  Actor& caller = stage.Start("caller:1");
  caller.Do("open",
            Value::MakeObject(
                {{"path", stage.Db()}, {"journal", "wal"}, {"create", true}, {"load", true}}));
  for (const std::string& statement : Statements(rule.setup)) {
    const harness::ActorReply reply = caller.Try("exec", Value::MakeObject({{"sql", statement}}));
    if (reply.ok()) continue;
    throw harness::CellEnd(harness::CellVerdict::kUnknown,
                           "cannot be set up: " + statement + ": " + reply.value.Print());
  }
  const bool error = std::string_view(rule.answer) == "error";
  Value answer = error ? Value("error") : Value::Parse(rule.answer).value();
  stage.Record(
      "rule", Value::MakeObject(
                  {{"rule", rule.name}, {"promise", rule.promise}, {"answer", std::move(answer)}}));
  (void)caller.Try("exec", Value::MakeObject({{"sql", rule.call}}));
}

}  // namespace

const Card must_rules{
    .name = "sql/must_rules",
    .claims = {"SQL-MUST"},
    .situation =
        "One call of a SQL function in a situation that a must rule of SPEC.md section 1 is about: "
        "scenarios/sql/rules.def has them all.",
    .expectation = "It answers as the rule says.",
    .axes = {Rules()},
    .roles = {{"caller:1", "sets the situation up and calls"}},
    .faults = {"none"},
    .oracles = {{{"rule_kept", CheckRuleKept}, "SQL-MUST"}},
    .evidence = "the answer of the call",
    .limits =
        "One call each, in WAL and autocommit. A subject that lacks the function is absent there.",
    .run = Run};

}  // namespace scenarios::sql
