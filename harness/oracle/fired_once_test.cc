#include "harness/oracle/fired_once.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/tick_builder.h"

namespace harness {
namespace {

using ::testing::HasSubstr;

Verdict Check(const TickBuilder& t, Value params = Obj()) {
  return CheckFiredOnce(t.h.Build(), Expectation{std::move(params)});
}

TEST(FiredOnce, PassesWhereEachBoundaryHasOneJob) {
  TickBuilder t;
  t.Tick("leader:1", 95, {}).Tick("leader:1", 110, {{100, 1}, {110, 2}}).Tick("leader:2", 110, {});
  const Verdict v = Check(t.Tick("leader:2", 125, {{120, 3}}).Left({1, 2, 3}));
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["boundaries"].Int(), 3);
  EXPECT_EQ(v.figures["told"].Int(), 3);
}

TEST(FiredOnce, ATickThatWasCutOffMayHaveFired) {
  for (const std::vector<int64_t>& jobs : {std::vector<int64_t>{1, 7}, {1, 2}}) {
    TickBuilder t;
    t.Tick("leader:1", 100, {{100, 1}}).CutOff("leader:2", 110);
    t.Tick("leader:3", 110, jobs[1] == 7 ? TickBuilder::Fires{{110, 7}} : TickBuilder::Fires{});
    const Verdict v = Check(t.Left(jobs), Obj({{"min_cut_off", 1}}));
    EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
    EXPECT_EQ(v.figures["cut_off"].Int(), 1);
  }
}

TEST(FiredOnce, ABoundaryThatACutOffTickTookAlongIsLost) {
  TickBuilder t;
  t.CutOff("leader:1", 100).Tick("leader:2", 110, {{110, 1}});
  const Verdict v = Check(t.Left({1}));
  ASSERT_EQ(v.outcome, Outcome::kFail);
  EXPECT_THAT(v.reason, HasSubstr("lost"));
  EXPECT_EQ(v.figures["lost"].Int(), 1);
  EXPECT_EQ(v.proof.size(), 2U);
}

TEST(FiredOnce, ABoundaryThatACutOffTickFiredAsWellIsDoubled) {
  TickBuilder t;
  t.CutOff("leader:1", 100).Tick("leader:2", 100, {{100, 2}});
  const Verdict v = Check(t.Left({1, 2}));
  ASSERT_EQ(v.outcome, Outcome::kFail);
  EXPECT_EQ(v.figures["doubled"].Int(), 1);
}

TEST(FiredOnce, ABoundaryThatIsToldTwiceIsDoubled) {
  TickBuilder t;
  t.Tick("leader:1", 100, {{100, 1}}).Tick("leader:2", 100, {{100, 2}});
  EXPECT_THAT(Check(t.Left({1, 2})).reason, HasSubstr("fired twice"));
}

TEST(FiredOnce, WhatIsNoFireIsFound) {
  EXPECT_THAT(Check(TickBuilder().Tick("leader:1", 110, {{105, 1}, {110, 2}}).Left({1, 2})).reason,
              HasSubstr("no boundary"));
  EXPECT_THAT(Check(TickBuilder().Tick("leader:1", 100, {{100, 1}, {110, 2}}).Left({1, 2})).reason,
              HasSubstr("no boundary"))
      << "not due yet";
  EXPECT_THAT(Check(TickBuilder().Tick("leader:1", 110, {{100, 1}, {110, 1}}).Left({1, 2})).reason,
              HasSubstr("one job"));
  EXPECT_THAT(Check(TickBuilder().Tick("leader:1", 100, {{100, 1}}).Left({2})).reason,
              HasSubstr("gone"));
}

TEST(FiredOnce, SixtyFourAtMost) {
  TickBuilder t;
  TickBuilder::Fires fires;
  std::vector<int64_t> jobs;
  for (int64_t i = 0; i < 65; ++i) {
    fires.emplace_back(100 + 10 * i, i + 1);
    jobs.push_back(i + 1);
  }
  EXPECT_THAT(Check(t.Tick("leader:1", 740, fires).Left(jobs)).reason, HasSubstr("more than 64"));
}

TEST(FiredOnce, WithoutEvidenceNothingIsSaid) {
  EXPECT_EQ(Check(TickBuilder().Left({})).outcome, Outcome::kUnknown) << "nobody ticked";
  TickBuilder no_end;
  EXPECT_EQ(Check(no_end.Tick("leader:1", 100, {{100, 1}})).outcome, Outcome::kUnknown);
  TickBuilder not_last;
  EXPECT_EQ(Check(not_last.Left({}).Tick("leader:1", 100, {{100, 1}})).outcome, Outcome::kUnknown);
  TickBuilder in_doubt;
  in_doubt.Tick("leader:1", 100, {{100, 1}}).CutOff("leader:2", 110);
  EXPECT_EQ(Check(in_doubt.Left({1})).outcome, Outcome::kUnknown);
  TickBuilder nobody_died;
  EXPECT_EQ(
      Check(nobody_died.Tick("leader:1", 100, {{100, 1}}).Left({1}), Obj({{"min_cut_off", 1}}))
          .outcome,
      Outcome::kUnknown);
  TickBuilder failed;
  EXPECT_EQ(Check(failed.Tick("leader:1", 100, {}, OpType::kFail).Left({})).outcome,
            Outcome::kUnknown);
}

}  // namespace
}  // namespace harness
