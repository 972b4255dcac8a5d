#include "harness/oracle/wake_silence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/history_builder.h"

namespace harness {
namespace {

using ::testing::HasSubstr;

constexpr char kW[] = "watcher:1";
const HistoryBuilder::Results kQuiet = {{0, "quiet"}};

Verdict Check(const HistoryBuilder& h) { return CheckWakeSilence(h.Build(), {}); }

HistoryBuilder& Open(HistoryBuilder& h, std::string_view what) {
  return h.Process("runner").Invoke("window", Obj({{"what", what}})).After(1);
}
HistoryBuilder& Close(HistoryBuilder& h) { return h.Process("runner").After(1).Ok(); }
HistoryBuilder& Rollback(HistoryBuilder& h) {
  return h.Do("writer:1", "rollback", Obj({{"kind", "plain"}}), Obj());
}
HistoryBuilder& Sentinel(HistoryBuilder& h, int seq = 1) {
  return h.After(1).Commit(1, seq).WakeWith(kW, 0, Obj({{"1", seq}})).After(1);
}

TEST(WakeSilence, PassesWhereNothingWokeAndALaterCommitDid) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  Rollback(Open(h, "plain rollback")).Quiesce(kW, kQuiet);
  Sentinel(Close(h));
  const Verdict v = Check(h);
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["windows_plain_rollback"].Int(), 1);
  EXPECT_EQ(v.figures["spurious_plain_rollback"].Int(), 0);
}

TEST(WakeSilence, AWakeInsideIsSpuriousAndCountedByWhat) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  Rollback(Open(h, "plain")).Quiesce(kW, kQuiet);
  Rollback(Open(Close(h), "spilled")).Wake(kW, 0, {{"1", 0}}).After(1).Quiesce(kW, kQuiet);
  Sentinel(Close(h));
  const Verdict v = Check(h);
  ASSERT_EQ(v.outcome, Outcome::kFail);
  EXPECT_EQ(v.figures["spurious"].Int(), 1);
  EXPECT_EQ(v.figures["spurious_spilled"].Int(), 1);
  EXPECT_EQ(v.figures["spurious_plain"].Int(), 0);
  EXPECT_THAT(v.proof.front().sentence, HasSubstr("spilled"));
  EXPECT_THAT(v.proof.back().sentence, HasSubstr("wakes, though nothing was committed"));
}

TEST(WakeSilence, WakesOutsideOfWindowsAreNotItsBusiness) {
  HistoryBuilder h;
  h.Watch(kW, {0}).Commit(1, 1).Wake(kW, 0, {{"1", 1}}).After(1).Quiesce(kW, kQuiet);
  Open(h, "idle").Quiesce(kW, kQuiet);
  Sentinel(Close(h), 2);
  EXPECT_EQ(Check(h).outcome, Outcome::kPass);
}

TEST(WakeSilence, AWakeThatWorkBeforeTheWindowMayHaveCausedDecidesNothing) {
  HistoryBuilder h;
  h.Watch(kW, {0}).Commit(1, 1);
  Open(h, "idle").Wake(kW, 0, {{"1", 1}}).After(1).Quiesce(kW, kQuiet);
  Sentinel(Close(h), 2);
  const Verdict v = Check(h);
  EXPECT_EQ(v.outcome, Outcome::kUnknown);
  EXPECT_THAT(v.reason, HasSubstr("what went before"));
}

TEST(WakeSilence, NeedsAQuiesceAfterTheLastThingDoneInside) {
  HistoryBuilder none;
  none.Watch(kW, {0});
  Sentinel(Close(Rollback(Open(none, "plain"))));
  EXPECT_THAT(Check(none).reason, HasSubstr("no quiesce"));

  HistoryBuilder early;
  early.Watch(kW, {0});
  Open(early, "plain").Quiesce(kW, kQuiet);
  Sentinel(Close(Rollback(early)));
  EXPECT_EQ(Check(early).outcome, Outcome::kUnknown);

  HistoryBuilder limit;
  limit.Watch(kW, {0});
  Rollback(Open(limit, "plain")).Quiesce(kW, {{0, "limit"}});
  Sentinel(Close(limit));
  EXPECT_EQ(Check(limit).outcome, Outcome::kUnknown);
}

TEST(WakeSilence, NeedsALiveWatcherAfterTheLastWindow) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  Open(h, "idle").Quiesce(kW, kQuiet);
  Close(h);
  EXPECT_THAT(Check(h).reason, HasSubstr("no commit after the last window"));
  h.Commit(1, 1).Quiesce(kW, kQuiet);
  EXPECT_EQ(Check(h).outcome, Outcome::kUnknown);
}

TEST(WakeSilence, ACommitInsideSpoilsTheWindow) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  Open(h, "idle").Commit(1, 1).Wake(kW, 0, {{"1", 1}}).After(1).Quiesce(kW, kQuiet);
  Sentinel(Close(h), 2);
  EXPECT_THAT(Check(h).reason, HasSubstr("committed inside"));

  HistoryBuilder failed;  // one that certainly did not happen does not
  failed.Watch(kW, {0});
  Open(failed, "busy").Commit(1, 1, 1, OpType::kFail).Quiesce(kW, kQuiet);
  Sentinel(Close(failed), 2);
  EXPECT_EQ(Check(failed).outcome, Outcome::kPass);
}

TEST(WakeSilence, UnknownWithoutWindowsOrListeners) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  Sentinel(h);
  EXPECT_THAT(Check(h).reason, HasSubstr("no window"));

  HistoryBuilder late;
  Close(Open(late, "idle"));
  late.Watch(kW, {0});
  Sentinel(late);
  EXPECT_THAT(Check(late).reason, HasSubstr("no subscriber listened"));
}

TEST(WakeSilence, ADeathInsideAWindowDecidesNothing) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  Open(h, "idle").Dead(kW, 0);
  Close(h);
  EXPECT_EQ(Check(h).outcome, Outcome::kUnknown);
}

}  // namespace
}  // namespace harness
