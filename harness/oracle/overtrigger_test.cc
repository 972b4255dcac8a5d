#include "harness/oracle/overtrigger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/history_builder.h"

namespace harness {
namespace {

constexpr char kW[] = "watcher:1";

TEST(Overtrigger, PassesWhereSpuriousWakesComeToAnEnd) {
  HistoryBuilder h;
  h.Watch(kW, {0}).Commit(1, 1);
  for (int i = 0; i < 4; ++i) h.After(1).Wake(kW, 0, {{"1", 1}});
  const Verdict v = CheckOvertrigger(h.Build(), {});
  EXPECT_EQ(v.outcome, Outcome::kPass);
  EXPECT_EQ(v.figures["longest_idle_run"].Int(), 3);
  EXPECT_EQ(v.figures["spurious"].Int(), 3);
}

TEST(Overtrigger, FailsWhereASubscriberHadToBeStopped) {
  HistoryBuilder h;
  h.Watch(kW, {0, 1}).Wake(kW, 0, {{"1", 1}});
  h.Tell(kW, "overtrigger", Obj({{"sub", 1}, {"wakes", 1000}}));
  const Verdict v = CheckOvertrigger(h.Build(), {});
  ASSERT_EQ(v.outcome, Outcome::kFail);
  EXPECT_THAT(v.proof.back().sentence,
              testing::HasSubstr("watcher:1 subscriber 1 woke 1000 times"));
}

TEST(Overtrigger, UnknownWhereNobodyWoke) {
  HistoryBuilder h;
  EXPECT_EQ(CheckOvertrigger(h.Watch(kW, {0}).Build(), {}).outcome, Outcome::kUnknown);
}

}  // namespace
}  // namespace harness
