#include "harness/oracle/trouble_told.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/history_builder.h"

namespace harness {
namespace {

using ::testing::HasSubstr;

constexpr char kW[] = "watcher:1";

HistoryBuilder& Begins(HistoryBuilder& h) {
  return h.After(1).Tell("runner", "trouble",
                         Obj({{"process", kW}, {"what", "hot journal"}, {"state", "begins"}}));
}
HistoryBuilder& Ends(HistoryBuilder& h, bool must_tell = true) {
  return h.After(1).Tell(
      "runner", "trouble",
      Obj({{"process", kW}, {"what", "hot journal"}, {"state", "ends"}, {"must_tell", must_tell}}));
}
Verdict Check(HistoryBuilder& h) {
  return CheckTroubleTold(h.After(1).Died(kW, true).Build(), Expectation{Obj()});
}

TEST(TroubleTold, SilenceFailsWhereLooksFailed) {
  HistoryBuilder h;
  Ends(Begins(h.Watch(kW, {0})));
  const Verdict v = Check(h);
  EXPECT_EQ(v.outcome, Outcome::kFail);
  EXPECT_THAT(v.reason, HasSubstr("kept silent"));
  EXPECT_EQ(v.proof.size(), 3U);
}

TEST(TroubleTold, SilencePassesWhereNoneIsKnownToHaveFailed) {
  HistoryBuilder h;
  Ends(Begins(h.Watch(kW, {0})), false);
  EXPECT_EQ(Check(h).outcome, Outcome::kPass);
}

TEST(TroubleTold, AWakeADeathARefusalOrALineTell) {
  HistoryBuilder wake;
  Ends(Begins(wake).After(1).Wake(kW, 0, {}));
  EXPECT_EQ(Check(wake).outcome, Outcome::kPass);
  HistoryBuilder dead;
  Ends(Begins(dead).After(1).Dead(kW, 0));
  EXPECT_EQ(Check(dead).outcome, Outcome::kPass);
  HistoryBuilder refused;
  Ends(Begins(refused).After(1).Refused(kW, "disk I/O error"));
  EXPECT_EQ(Check(refused).outcome, Outcome::kPass);
  HistoryBuilder empty;
  Ends(Begins(empty).After(1).Refused(kW, ""));
  EXPECT_EQ(Check(empty).outcome, Outcome::kFail);
  HistoryBuilder line;
  Ends(Begins(line)).Stderr(kW, "honker: trouble");
  EXPECT_EQ(Check(line).outcome, Outcome::kPass);
}

TEST(TroubleTold, WhatOthersSayAndWhatCameBeforeDoesNotCount) {
  HistoryBuilder h;
  h.Watch(kW, {0}).Wake(kW, 0, {});
  Ends(Begins(h).After(1).Wake("watcher:2", 0, {})).Stderr("writer:1", "x");
  EXPECT_EQ(Check(h).outcome, Outcome::kFail);
}

TEST(TroubleTold, ALineIsSaidOnceATrouble) {
  HistoryBuilder h;
  Ends(Begins(h)).Stderr(kW, "a").Stderr(kW, "b");
  EXPECT_EQ(Check(h).outcome, Outcome::kPass);
  HistoryBuilder twice;
  Ends(Begins(twice)).Stderr(kW, "a").Stderr(kW, "a");
  EXPECT_THAT(Check(twice).reason, HasSubstr("again and again"));
  HistoryBuilder two;
  Ends(Begins(Ends(Begins(two)))).Stderr(kW, "a").Stderr(kW, "a");
  EXPECT_EQ(Check(two).outcome, Outcome::kPass);
}

TEST(TroubleTold, WithoutEvidenceNothingIsSaid) {
  HistoryBuilder none;
  EXPECT_EQ(Check(none.Watch(kW, {0})).outcome, Outcome::kUnknown);
  HistoryBuilder open;
  EXPECT_EQ(Check(Begins(open)).outcome, Outcome::kUnknown);
  HistoryBuilder alive;
  Ends(Begins(alive));
  EXPECT_EQ(CheckTroubleTold(alive.Build(), {}).outcome, Outcome::kUnknown);
}

}  // namespace
}  // namespace harness
