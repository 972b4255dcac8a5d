#include "harness/oracle/watch_cost.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/history_builder.h"

namespace harness {
namespace {

using ::testing::HasSubstr;

constexpr char kW[] = "watcher:1";

Value Cost(int64_t sleeps, int64_t cpu_us = 0, int64_t fds = 10, int64_t threads = 1) {
  return Obj({{"threads", threads}, {"sleeps", sleeps}, {"cpu_us", cpu_us}, {"fds", fds}});
}
// A second of idling with that cost at its end.
HistoryBuilder Idle(Value end) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  h.Do(kW, "cost", Obj({{"during", "idle"}}), Cost(100));
  h.Quiesce(kW, {{0, "quiet"}}, 998);
  h.Do(kW, "cost", Obj({{"during", "idle"}}), std::move(end));
  return h;
}
Verdict Check(HistoryBuilder h, Value params = Obj()) {
  return CheckWatchCost(h.Died(kW, true).Build(), Expectation{std::move(params)});
}

TEST(WatchCost, AThousandLooksASecondPass) {
  const Verdict v = Check(Idle(Cost(1100, 30'000)));
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["sleeps_per_s"].Int(), 1000);
  EXPECT_EQ(v.figures["cpu_permille"].Int(), 30);
  EXPECT_EQ(v.figures["fds_more"].Int(), 0);
}

TEST(WatchCost, TooManyWakeUpsFail) {
  EXPECT_THAT(Check(Idle(Cost(3151))).reason, HasSubstr("too often"));
  EXPECT_EQ(Check(Idle(Cost(3150))).outcome, Outcome::kPass);
  EXPECT_EQ(Check(Idle(Cost(3151)), Obj({{"sleeps_per_ms", 4}})).outcome, Outcome::kPass);
}

TEST(WatchCost, WhereALookSleepsMoreAreAllowed) {
  const auto idle = [](int64_t sleeps_at_end) {
    HistoryBuilder h;
    h.Do(kW, "watch", Obj({{"backend", "polling"}}),
         Obj({{"outcome", "opened"}, {"subs", List({0})}, {"sleeps_of_a_look", 8}}));
    h.Do(kW, "cost", Obj({{"during", "idle"}}), Cost(100));
    h.Quiesce(kW, {{0, "quiet"}}, 998);
    return h.Do(kW, "cost", Obj({{"during", "idle"}}), Cost(sleeps_at_end));
  };
  EXPECT_EQ(Check(idle(20'000)).outcome, Outcome::kPass);
  EXPECT_THAT(Check(idle(30'000)).reason, HasSubstr("too often"));
}

TEST(WatchCost, AThreadThatNeverSleepsSpins) {
  EXPECT_THAT(Check(Idle(Cost(100, 990'000))).reason, HasSubstr("spins"));
  // Half a second of work in a hundred looks is a slow look, not a loop.
  EXPECT_EQ(Check(Idle(Cost(200, 600'000))).outcome, Outcome::kPass);
}

TEST(WatchCost, WhatPilesUpFails) {
  EXPECT_THAT(Check(Idle(Cost(1100, 0, 11))).reason, HasSubstr("descriptors"));
  EXPECT_EQ(Check(Idle(Cost(1100, 0, 11)), Obj({{"fds", 1}})).outcome, Outcome::kPass);
  EXPECT_EQ(Check(Idle(Cost(1100, 0, 9))).outcome, Outcome::kPass);
  EXPECT_THAT(Check(Idle(Cost(1100, 0, 10, 2))).reason, HasSubstr("threads"));
}

TEST(WatchCost, LinesAreCounted) {
  HistoryBuilder h = Idle(Cost(1100));
  for (int i = 0; i < 17; ++i) h.Stderr(kW, "x").Stderr("writer:1", "y");
  EXPECT_THAT(Check(h).reason, HasSubstr("floods"));
  EXPECT_EQ(Check(h, Obj({{"max_lines", 17}})).outcome, Outcome::kPass);
}

TEST(WatchCost, WithoutEvidenceNothingIsSaid) {
  EXPECT_EQ(CheckWatchCost(Idle(Cost(1100)).Build(), {}).outcome, Outcome::kUnknown);
  HistoryBuilder once;
  once.Watch(kW, {0}).Do(kW, "cost", Obj({{"during", "idle"}}), Cost(100));
  EXPECT_THAT(Check(once).reason, HasSubstr("not asked twice"));
  HistoryBuilder idle;
  idle.Do(kW, "cost", Obj({{"during", "idle"}}), Cost(100));
  idle.Do(kW, "cost", Obj({{"during", "idle"}}), Cost(100));
  EXPECT_THAT(Check(idle).reason, HasSubstr("nothing happened"));
  HistoryBuilder nobody;
  nobody.Do(kW, "cost", Obj({{"during", "idle"}}), Cost(0, 0, 10, 0));
  nobody.Quiesce(kW, {}).Do(kW, "cost", Obj({{"during", "idle"}}), Cost(0, 0, 10, 0));
  EXPECT_THAT(Check(nobody).reason, HasSubstr("no thread"));
}

}  // namespace
}  // namespace harness
