// Oracle of SQL-MUST: one call answers as a rule of SPEC.md section 1 says.
//
// Reads `rule` events {"rule", "promise", "answer": "error" or rows} and, of each, the next `exec`
// of the process caller:1. fail: rows where an error is promised, an error where rows are, other
// rows; the promise is in the proof. unknown: no rule, or its call did not end. pass: otherwise.
// Figures: rules.
#ifndef SCENARIOS_SQL_RULE_KEPT_H_
#define SCENARIOS_SQL_RULE_KEPT_H_

#include "harness/oracle/oracle.h"

namespace scenarios::sql {

harness::Verdict CheckRuleKept(const harness::History& history,
                               const harness::Expectation& expectation);

}  // namespace scenarios::sql

#endif  // SCENARIOS_SQL_RULE_KEPT_H_
