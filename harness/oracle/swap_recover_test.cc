#include "harness/oracle/swap_recover.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/history_builder.h"

namespace harness {
namespace {

using ::testing::HasSubstr;

constexpr char kW[] = "watcher:1";
const HistoryBuilder::Results kQuiet = {{1, "quiet"}};

Verdict Check(const HistoryBuilder& h, Value params = Obj()) {
  return CheckSwapRecover(h.Build(), Expectation{std::move(params)});
}

HistoryBuilder Swapped() {
  HistoryBuilder h;
  h.Watch(kW, {0}).Commit(1, 1).Wake(kW, 0, {{"1", 1}}).After(1);
  h.Do(
      "runner", "fault", Obj({{"fault", "swap db by=rename_over"}}),
      Obj({{"before", Obj({{"dev", 1}, {"ino", 10}})}, {"after", Obj({{"dev", 1}, {"ino", 11}})}}));
  return h.After(90).Dead(kW, 0).After(1);
}
HistoryBuilder Reopened() {
  HistoryBuilder h = Swapped();
  return h.Unwatch(kW).Watch(kW, {1});
}

TEST(SwapRecover, PassesWhereAllAfterTheReopeningIsSeen) {
  HistoryBuilder h = Reopened();
  h.Commit(2, 1).Wake(kW, 1, {{"2", 1}}).Commit(2, 2).Wake(kW, 1, {{"2", 2}}).Quiesce(kW, kQuiet);
  const Verdict v = Check(h, Obj({{"min_commits", 2}}));
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["reopened"].Int(), 1);
  EXPECT_EQ(v.figures["seen"].Int(), 2);
  EXPECT_EQ(Check(h, Obj({{"min_commits", 3}})).outcome, Outcome::kUnknown);
}

TEST(SwapRecover, ALossAfterTheReopeningFails) {
  HistoryBuilder h = Reopened();
  h.Commit(2, 1).Quiesce(kW, kQuiet);
  const Verdict v = Check(h);
  ASSERT_EQ(v.outcome, Outcome::kFail);
  EXPECT_THAT(v.proof.front().sentence, HasSubstr("replaced"));
  EXPECT_THAT(v.proof.back().sentence, HasSubstr("2=1"));
}

TEST(SwapRecover, LossesBeforeTheReopeningAreNotItsBusiness) {
  HistoryBuilder h = Swapped();
  h.Commit(2, 1).Quiesce(kW, {{0, "dead"}}).Unwatch(kW).Watch(kW, {1});
  h.Commit(2, 2).Wake(kW, 1, {{"2", 2}}).Quiesce(kW, kQuiet);
  EXPECT_EQ(Check(h).outcome, Outcome::kPass);
}

TEST(SwapRecover, ARefusalOrANewDeathFails) {
  HistoryBuilder refused = Swapped();
  refused.Unwatch(kW).Refused(kW, "database file replaced");
  EXPECT_THAT(Check(refused).reason, HasSubstr("could not be opened again"));

  HistoryBuilder dies = Reopened();
  dies.After(50).Dead(kW, 1);
  EXPECT_THAT(Check(dies).reason, HasSubstr("fresh watcher died"));
}

TEST(SwapRecover, AHandleThatIsStillHeldMakesNoFreshWatcher) {
  HistoryBuilder refused = Swapped();
  refused.Refused(kW, "database file replaced");
  EXPECT_EQ(Check(refused).outcome, Outcome::kUnknown);
  HistoryBuilder opened = Swapped();
  opened.Watch(kW, {1}).Dead(kW, 1);
  EXPECT_THAT(Check(opened).reason, HasSubstr("closed and opened again"));
}

TEST(SwapRecover, UnknownWithoutSwapReopeningOrCommit) {
  EXPECT_THAT(Check(HistoryBuilder()).reason, HasSubstr("no file swap"));
  EXPECT_EQ(Check(Swapped()).outcome, Outcome::kUnknown);
  EXPECT_EQ(Check(Reopened()).outcome, Outcome::kUnknown);
  HistoryBuilder limit = Reopened();
  limit.Commit(2, 1).Quiesce(kW, {{1, "limit"}});
  EXPECT_EQ(Check(limit).outcome, Outcome::kUnknown);
  HistoryBuilder stranger = Swapped();  // a process that had not been watching
  stranger.Watch("watcher:2", {1}).Commit(2, 1).Wake("watcher:2", 1, {{"2", 1}});
  EXPECT_EQ(Check(stranger).outcome, Outcome::kUnknown);
}

}  // namespace
}  // namespace harness
