#include "scenarios/sql/rule_kept.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/history_builder.h"

namespace scenarios::sql {
namespace {

using harness::HistoryBuilder;
using harness::List;
using harness::Obj;
using harness::OpType;
using harness::Outcome;
using harness::Value;

harness::Verdict Check(const Value& promised, OpType how, const Value& got) {
  HistoryBuilder h;
  h.After(1).Do("caller:1", "exec", Obj({{"sql", "SELECT set_up()"}}), Obj({{"rows", List({})}}));
  h.After(1).Tell("runner", "rule",
                  Obj({{"rule", "r"}, {"promise", "f must do it"}, {"answer", promised}}));
  h.After(1).Do("caller:1", "exec", Obj({{"sql", "SELECT f()"}}), got, 1, how);
  return CheckRuleKept(h.Build(), {});
}

const Value kOne = List({List({1})});
const Value kFailure = Obj({{"code", 1}, {"message", "n is negative"}});

TEST(RuleKept, AnErrorWhereOneIsPromised) {
  EXPECT_EQ(Check("error", OpType::kFail, kFailure).outcome, Outcome::kPass);
  const harness::Verdict verdict = Check("error", OpType::kOk, Obj({{"rows", kOne}}));
  EXPECT_EQ(verdict.outcome, Outcome::kFail);
  EXPECT_THAT(verdict.reason, testing::HasSubstr("f must do it"));
  EXPECT_EQ(verdict.proof.size(), 2U);
}

TEST(RuleKept, TheRowsThatArePromised) {
  EXPECT_EQ(Check(kOne, OpType::kOk, Obj({{"rows", kOne}})).outcome, Outcome::kPass);
  EXPECT_EQ(Check(kOne, OpType::kOk, Obj({{"rows", List({List({2})})}})).outcome, Outcome::kFail);
  EXPECT_EQ(Check(kOne, OpType::kOk, Obj({{"rows", List({})}})).outcome, Outcome::kFail);
  EXPECT_EQ(Check(kOne, OpType::kFail, kFailure).outcome, Outcome::kFail);
}

TEST(RuleKept, NothingIsKeptWithoutAnAnswer) {
  EXPECT_EQ(CheckRuleKept(HistoryBuilder().Build(), {}).outcome, Outcome::kUnknown);
  EXPECT_EQ(Check(kOne, OpType::kInfo, Obj()).outcome, Outcome::kUnknown);
  HistoryBuilder h;
  h.Tell("runner", "rule", Obj({{"rule", "r"}, {"promise", "p"}, {"answer", "error"}}));
  EXPECT_EQ(CheckRuleKept(h.Build(), {}).outcome, Outcome::kUnknown);
}

}  // namespace
}  // namespace scenarios::sql
