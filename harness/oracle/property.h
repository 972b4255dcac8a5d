// How property tests say which verdict they want: with the whole history printed where it is
// another. Include after gtest. Tests only.
#ifndef HARNESS_ORACLE_PROPERTY_H_
#define HARNESS_ORACLE_PROPERTY_H_

#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "harness/oracle/oracle.h"
#include "harness/oracle/story.h"

namespace harness {

using OracleCheck = Verdict (*)(const History&, const Expectation&);

// Judges the history, requires that outcome and hands the verdict back for more.
inline Verdict Require(Outcome wanted, OracleCheck check, const Ops& ops, Value params = Obj()) {
  const History history = History::FromOps(ops);
  Verdict verdict = check(history, Expectation{std::move(params)});
  for (size_t i = 0; i < history.ops().size(); ++i) {
    RC_LOG() << "#" << i << " " << history.ops()[i].process << " " << PrintOp(history.ops()[i])
             << "\n";
  }
  RC_LOG() << ToString(verdict.outcome) << ": " << verdict.reason << " " << verdict.figures.Print()
           << "\n";
  for (const ProofStep& step : verdict.proof)
    RC_LOG() << "  #" << step.op << " " << step.sentence << "\n";
  RC_ASSERT(std::string(ToString(verdict.outcome)) == std::string(ToString(wanted)));
  // Whatever is said, it is said with a reason, and a failure is proved by ops that exist.
  RC_ASSERT(!verdict.reason.empty());
  RC_ASSERT((wanted == Outcome::kFail) == !verdict.proof.empty());
  for (const ProofStep& step : verdict.proof) RC_ASSERT(step.op < history.ops().size());
  return verdict;
}

}  // namespace harness

#endif  // HARNESS_ORACLE_PROPERTY_H_
