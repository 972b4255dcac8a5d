#include "scenarios/sql/rule_kept.h"

#include <algorithm>

#include "harness/oracle/verdicts.h"

namespace scenarios::sql {

using harness::Call;
using harness::Value;

harness::Verdict CheckRuleKept(const harness::History& history, const harness::Expectation&) {
  const std::vector<Call> calls = history.Calls("exec");
  const std::vector<size_t> rules = history.Events("rule");
  const Value figures = Value::MakeObject({{"rules", rules.size()}});
  std::string undecided;
  for (size_t i : rules) {
    const Value& rule = history.ops()[i].value;
    const auto call = std::ranges::find_if(calls, [&](const Call& c) {
      return c.invoke_index > i && c.invoke->process == "caller:1";
    });
    if (call == calls.end() || !call->end || call->in_doubt()) {
      undecided = "the call of " + rule["rule"].Text() + " did not end";
      continue;
    }
    const bool error_promised = rule["answer"].Text() == "error";
    const Value& rows = call->end->value["rows"];
    if (error_promised ? !call->ok() : call->ok() && rows == rule["answer"]) continue;
    const std::string got = call->ok() ? "the answer is " + rows.Print()
                                       : "it is an error: " + call->end->value["message"].Print();
    return harness::Fail("must rule \"" + rule["promise"].Text() + "\": " + got,
                         {{i, "promised: " + rule["answer"].Print()}, {call->end_index, got}},
                         figures);
  }
  if (!undecided.empty()) return harness::Unknown(undecided, figures);
  if (rules.empty()) return harness::Unknown("no rule was tried", figures);
  return harness::Pass("the call answers as promised", figures);
}

}  // namespace scenarios::sql
