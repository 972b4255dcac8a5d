#include "harness/oracle/flat_work.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/history_builder.h"

namespace harness {
namespace {

using ::testing::HasSubstr;

// `more`: what the invoke says besides.
HistoryBuilder& Measured(HistoryBuilder& h, const std::string& what, int64_t size, int64_t steps,
                         int64_t pages, const Value& more = Obj(), const Value& answer = 1) {
  Value asked = Obj({{"what", what}, {"size", size}});
  for (const Value::Member& m : more.members()) asked.Set(m.name, m.value);
  return h.After(1).Do("caller:1", "measure", std::move(asked),
                       Obj({{"rows", List({List({answer})})}, {"steps", steps}, {"pages", pages}}));
}

Verdict Check(const HistoryBuilder& h) { return CheckFlatWork(h.Build(), {}); }

TEST(FlatWork, PassesWhereTheWorkStays) {
  HistoryBuilder h;
  for (const int64_t size : {100, 1000, 100'000}) {
    Measured(h, "claim", size, 730, 20 + (size > 100 ? 25 : 0));
    Measured(h, "ack", size, 60, 12);
  }
  const Verdict v = Check(h);
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["claim_steps_100000"].Int(), 730);
  EXPECT_EQ(v.figures["ack_pages_1000"].Int(), 12);
  EXPECT_EQ(v.figures["steps_growth"].Number(), 1.0);
  EXPECT_EQ(v.figures["pages_growth"].Number(), 2.25);
}

TEST(FlatWork, FailsWhereStepsGrow) {
  HistoryBuilder h;
  Measured(h, "claim", 100, 730, 20);
  Measured(h, "claim", 10'000, 1'200, 20);  // 1.5 * 730 + 100 = 1195
  const Verdict v = Check(h);
  ASSERT_EQ(v.outcome, Outcome::kFail);
  EXPECT_THAT(v.reason, HasSubstr("1200 steps and 20 pages with 10000, 730 steps"));
  ASSERT_EQ(v.proof.size(), 2U);
  EXPECT_THAT(v.proof[1].sentence, HasSubstr("at most 1195 and 80"));
}

TEST(FlatWork, FailsWherePagesGrowAndStepsDoNot) {
  HistoryBuilder h;
  Measured(h, "next_claim_at", 100, 9, 3);
  Measured(h, "next_claim_at", 10'000, 9, 250);
  EXPECT_EQ(Check(h).outcome, Outcome::kFail);
}

TEST(FlatWork, EachRowThatIsMovedMayGoDownSeveralTrees) {
  HistoryBuilder h;
  const Value two = Obj({{"got", 2}});
  Measured(h, "claim", 100, 9, 3, two, "[1,2]");
  Measured(h, "claim", 10'000, 9, 3 * 3 + 20 + 2 * 25, two, "[1,2]");
  EXPECT_EQ(Check(h).outcome, Outcome::kPass) << Check(h).reason;
  h.ops()[3].value.Set("pages", 3 * 3 + 20 + 2 * 25 + 1);
  EXPECT_EQ(Check(h).outcome, Outcome::kFail);
}

TEST(FlatWork, WhatMayBePaidOnceGrowsInProportionAndNoMore) {
  const auto paid = [](int64_t rows) { return Obj({{"first", true}, {"paid", rows}}); };
  HistoryBuilder linear;
  Measured(linear, "claim", 100, 5'000, 300, paid(100));
  Measured(linear, "claim", 1'000, 50'000, 300 + 900 * 40, paid(1'000));
  Measured(linear, "claim", 100, 730, 20);
  Measured(linear, "claim", 1'000, 730, 20);
  EXPECT_EQ(Check(linear).outcome, Outcome::kPass) << Check(linear).reason;
  EXPECT_EQ(Check(linear).figures["steps_growth"].Number(), 1.0) << "promised growth is none";

  HistoryBuilder quadratic = linear;
  quadratic.ops()[3].value.Set("steps", 500'000);
  EXPECT_THAT(Check(quadratic).reason, HasSubstr("first_claim takes 500000 steps"));
  quadratic = linear;
  quadratic.ops()[3].value.Set("pages", 3 * 300 + 20 + 900 * 50 + 1);
  EXPECT_EQ(Check(quadratic).outcome, Outcome::kFail);
}

TEST(FlatWork, EachPriorityMayCostASeek) {
  const auto with = [](int64_t priorities) { return Obj({{"priorities", priorities}}); };
  HistoryBuilder h;
  Measured(h, "claim", 100, 730, 20, with(10));
  Measured(h, "claim", 1'000, 730 + 90 * 100, 20 + 90 * 20, with(100));
  EXPECT_EQ(Check(h).outcome, Outcome::kPass) << Check(h).reason;
  h.ops()[3].value.Set("steps", 730 + 90 * 110);
  EXPECT_EQ(Check(h).outcome, Outcome::kFail);
}

TEST(FlatWork, NothingIsSaidWithoutEvidence) {
  EXPECT_EQ(Check(HistoryBuilder()).outcome, Outcome::kUnknown);
  HistoryBuilder one_size;
  Measured(one_size, "claim", 100, 1, 1);
  EXPECT_THAT(Check(one_size).reason, HasSubstr("two sizes"));
  HistoryBuilder hole;
  Measured(hole, "claim", 100, 1, 1);
  Measured(hole, "claim", 1'000, 1, 1);
  Measured(hole, "ack", 100, 1, 1);
  EXPECT_THAT(Check(hole).reason, HasSubstr("ack was not measured at every size"));
  HistoryBuilder other;
  other.Do("caller:1", "measure", Obj({{"sql", "SELECT 1"}}), Obj({{"steps", 3}}));
  EXPECT_EQ(Check(other).outcome, Outcome::kUnknown);
}

TEST(FlatWork, ACallThatDidNotDoItsWorkCostsNothing) {
  for (const bool fails : {false, true}) {
    HistoryBuilder h;
    Measured(h, "claim", 100, 1, 1, Obj({{"got", 2}}), "[{\"id\":1},{\"id\":2}]");
    Measured(h, "claim", 1'000, 1, 1, Obj({{"got", 2}}), "[{\"id\":1},{\"id\":2}]");
    EXPECT_EQ(Check(h).outcome, Outcome::kPass) << Check(h).reason;
    if (fails) {
      h.ops()[3].type = OpType::kFail;
      h.ops()[3].value = Obj({{"message", "no such table"}});
    } else {
      h.ops()[3].value.Set("rows", List({List({"[{\"id\":1}]"})}));
    }
    const Verdict v = Check(h);
    EXPECT_EQ(v.outcome, Outcome::kUnknown);
    EXPECT_THAT(v.reason, HasSubstr(fails ? "it failed: no such table" : "it answered 1 where 2"));
  }
}

}  // namespace
}  // namespace harness
