#include "harness/oracle/wake_seen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/history_builder.h"

namespace harness {
namespace {

using ::testing::HasSubstr;

constexpr char kW[] = "watcher:1";

Verdict Check(const HistoryBuilder& h, Value params = Obj()) {
  return CheckWakeSeen(h.Build(), Expectation{std::move(params)});
}

HistoryBuilder OneCommitSeen() {
  HistoryBuilder h;
  h.Watch(kW, {0});
  h.At(10).Commit(1, 1);
  h.At(12).Wake(kW, 0, {{"1", 1}});
  h.At(20).Quiesce(kW, {{0, "quiet"}});
  return h;
}

TEST(WakeSeen, PassesWhereTheRereadSawTheMark) {
  const Verdict v = Check(OneCommitSeen());
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["judged"].Int(), 1);
  EXPECT_EQ(v.figures["latency_max_us"].Number(), 1000.0);
}

TEST(WakeSeen, NeedsNoQuiesceWhereEverythingWasSeen) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  h.At(10).Commit(1, 1).Wake(kW, 0, {{"1", 1}});
  EXPECT_EQ(Check(h).outcome, Outcome::kPass);
}

TEST(WakeSeen, FailsWithAProofWhereSilenceWasProvedWithoutASighting) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  h.At(10).Commit(1, 1).Wake(kW, 0, {{"1", 1}});
  h.At(20).Commit(1, 2);
  h.At(30).Quiesce(kW, {{0, "quiet"}});
  const Verdict v = Check(h);
  ASSERT_EQ(v.outcome, Outcome::kFail);
  EXPECT_EQ(v.figures["lost"].Int(), 1);
  EXPECT_THAT(v.reason, HasSubstr("1 commit of 2 lost"));
  ASSERT_EQ(v.proof.size(), 5u);
  EXPECT_THAT(v.proof[1].sentence, HasSubstr("sees 1=1"));
  EXPECT_THAT(v.proof[2].sentence, HasSubstr("writer:1 commits mark 1=2"));
  EXPECT_THAT(v.proof.back().sentence, HasSubstr("no re-read has seen 1=2"));
  EXPECT_EQ(h.Build().ops()[v.proof.back().op].name, "quiesce");
}

// How stale a consumer gets: two lost in a row, made good by the wake of the next one; then one
// more that nothing makes good.
TEST(WakeSeen, CountsHowFarBehindASubscriberIs) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  h.At(10).Commit(1, 1);
  h.At(20).Quiesce(kW, {{0, "quiet"}});
  h.At(30).Commit(1, 2);
  h.At(40).Quiesce(kW, {{0, "quiet"}});
  h.At(50).Commit(1, 3).Wake(kW, 0, {{"1", 3}});
  h.At(60).Commit(1, 4);
  h.At(70).Quiesce(kW, {{0, "quiet"}});
  const Verdict v = Check(h);
  EXPECT_EQ(v.figures["lost_commits"].Int(), 3);
  EXPECT_EQ(v.figures["longest_loss"].Int(), 2);
  EXPECT_EQ(v.figures["never_seen"].Int(), 1);
  EXPECT_EQ(Check(OneCommitSeen()).figures["longest_loss"].Int(), 0);
}

TEST(WakeSeen, AWakeBeforeTheCommitWasVisibleIsALoss) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  h.At(10).Process("writer:1").Invoke("commit", Obj({{"writer", 1}, {"seq", 1}}));
  h.At(11).WakeWith(kW, 0, Obj({{"1", 0}}));
  h.At(12).Ok();
  h.At(20).Quiesce(kW, {{0, "quiet"}});
  EXPECT_EQ(Check(h).outcome, Outcome::kFail);
}

TEST(WakeSeen, AWakeInsideCommitThatSawItIsLegalAndItsLatencyNegative) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  h.At(10).Process("writer:1").Invoke("commit", Obj({{"writer", 1}, {"seq", 1}}));
  h.At(11).Wake(kW, 0, {{"1", 1}});
  h.At(12).Ok();
  h.At(20).Quiesce(kW, {{0, "quiet"}});
  const Verdict v = Check(h);
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["latency_p50_us"].Number(), -1000.0);
}

TEST(WakeSeen, ARecoveryAfterTheProofDoesNotUndoTheLoss) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  h.At(10).Commit(1, 1);
  h.At(20).Quiesce(kW, {{0, "quiet"}});
  h.At(30).Commit(1, 2).Wake(kW, 0, {{"1", 2}});
  const Verdict v = Check(h);
  ASSERT_EQ(v.outcome, Outcome::kFail);
  EXPECT_EQ(v.figures["lost"].Int(), 1);
  EXPECT_THAT(v.proof.back().sentence, HasSubstr("too late"));
}

TEST(WakeSeen, OneWakeMayShowABurst) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  for (int seq = 1; seq <= 5; ++seq) h.After(1).Commit(1, seq);
  h.Wake(kW, 0, {{"1", 5}}).Quiesce(kW, {{0, "quiet"}});
  const Verdict v = Check(h);
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["seen"].Int(), 5);
}

TEST(WakeSeen, ALossIsCountedOncePerSubscriberAndCommit) {
  HistoryBuilder h;
  h.Watch(kW, {0, 1, 2});
  h.At(10).Commit(1, 1).Wake(kW, 1, {{"1", 1}});
  h.Quiesce(kW, {{0, "quiet"}, {1, "quiet"}, {2, "quiet"}});
  h.Quiesce(kW, {{0, "quiet"}, {1, "quiet"}, {2, "quiet"}});
  const Verdict v = Check(h);
  EXPECT_EQ(v.figures["lost"].Int(), 2);
  EXPECT_EQ(v.figures["lost_commits"].Int(), 1);
  EXPECT_EQ(v.figures["judged"].Int(), 3);
}

TEST(WakeSeen, MarksOfWritersAreApart) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  h.At(10).Commit(1, 7).Wake(kW, 0, {{"1", 7}});
  h.Commit(2, 3).Quiesce(kW, {{0, "quiet"}});
  const Verdict v = Check(h);
  EXPECT_EQ(v.outcome, Outcome::kFail);
  EXPECT_THAT(v.proof.back().sentence, HasSubstr("2=3"));
  EXPECT_EQ(Check(h, Obj({{"writers", List({1})}})).outcome, Outcome::kPass);
}

TEST(WakeSeen, LimitIsNoEvidence) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  h.At(10).Commit(1, 1).Quiesce(kW, {{0, "limit"}});
  const Verdict v = Check(h);
  EXPECT_EQ(v.outcome, Outcome::kUnknown);
  EXPECT_THAT(v.reason, HasSubstr("limit"));
}

TEST(WakeSeen, AQuiesceBegunBeforeTheCommitEndedProvesNothing) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  h.At(10).Process("writer:1").Invoke("commit", Obj({{"writer", 1}, {"seq", 1}}));
  h.At(11).Quiesce(kW, {{0, "quiet"}});
  h.At(13).Ok();
  EXPECT_EQ(Check(h).outcome, Outcome::kUnknown);
}

TEST(WakeSeen, SilenceWhileAnotherWriterIsAtWorkProvesNothing) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  h.At(10).Commit(1, 1);
  h.At(15).Do("writer:2", "hold", Obj({{"writer", 2}, {"seq", 1}}), Obj());
  h.At(20).Quiesce(kW, {{0, "quiet"}}).At(30);
  h.Do("writer:2", "commit", Obj({{"writer", 2}, {"seq", 1}, {"held", true}}), Obj());
  HistoryBuilder late = h;
  EXPECT_THAT(Check(h).reason, HasSubstr("disturbed"));
  late.Wake(kW, 0, {{"1", 1}, {"2", 1}}).Quiesce(kW, {{0, "quiet"}});
  EXPECT_EQ(Check(late).outcome, Outcome::kPass);
  h.Quiesce(kW, {{0, "quiet"}});
  EXPECT_EQ(Check(h).figures["lost"].Int(), 2);
}

TEST(WakeSeen, ContentionInTheRereadIsCountedAndNotALoss) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  h.At(10).Commit(1, 1).FailedWake(kW, 0);
  h.Quiesce(kW, {{0, "quiet"}});
  const Verdict v = Check(h);
  EXPECT_EQ(v.outcome, Outcome::kUnknown);
  EXPECT_EQ(v.figures["reread_errors"].Int(), 1);
  EXPECT_EQ(v.figures["lost"].Int(), 0);
}

TEST(WakeSeen, CommitsInDoubtFailedOrBeforeTheWatchAreNotJudged) {
  HistoryBuilder h;
  h.At(0).Commit(1, 1);
  h.Watch(kW, {0});
  h.Commit(1, 2, 1, OpType::kInfo).Commit(1, 3, 1, OpType::kFail);
  h.Quiesce(kW, {{0, "quiet"}});
  const Verdict v = Check(h);
  EXPECT_EQ(v.outcome, Outcome::kUnknown);
  EXPECT_EQ(v.figures["judged"].Int(), 0);
  EXPECT_THAT(v.reason, HasSubstr("while a subscriber listened"));
}

TEST(WakeSeen, ASubscriberThatLeavesIsJudgedWhileItStayed) {
  HistoryBuilder h = OneCommitSeen();
  h.Unwatch(kW).Commit(1, 2);
  h.Watch(kW, {0}).Commit(1, 3).Wake(kW, 0, {{"1", 3}}).Quiesce(kW, {{0, "quiet"}});
  const Verdict v = Check(h);
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["judged"].Int(), 2);
  EXPECT_EQ(v.figures["commits"].Int(), 3);
}

TEST(WakeSeen, AReopenedNumberDoesNotInheritWhatItsFormerLifeSaw) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  h.Commit(1, 1).Wake(kW, 0, {{"1", 9}});  // a mark from elsewhere
  h.Unwatch(kW).Watch(kW, {0});
  h.Commit(1, 2).Quiesce(kW, {{0, "quiet"}});
  EXPECT_EQ(Check(h).outcome, Outcome::kFail);
}

TEST(WakeSeen, LazySubscribersAreNotJudged) {
  HistoryBuilder h;
  h.Watch(kW, {0, 1}, /*lazy=*/1);
  h.Commit(1, 1).Wake(kW, 1, {{"1", 1}}).Quiesce(kW, {{1, "quiet"}});
  const Verdict v = Check(h);
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["judged"].Int(), 1);
}

TEST(WakeSeen, AKilledWatcherProcessIsJudgedUntilTheSignal) {
  HistoryBuilder h = OneCommitSeen();
  h.After(1).Kill(kW).Commit(1, 2).Died(kW, true);
  h.Commit(1, 3);
  const Verdict v = Check(h);
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["judged"].Int(), 1);
}

TEST(WakeSeen, AnUnexplainedDeathLeavesTheRestUndecided) {
  HistoryBuilder h = OneCommitSeen();
  h.After(1).Dead(kW, 0).After(1).Commit(1, 2);
  const Verdict v = Check(h);
  EXPECT_EQ(v.outcome, Outcome::kUnknown);
  EXPECT_THAT(v.reason, HasSubstr("watcher:1 subscriber 0 ended"));

  HistoryBuilder crashed = OneCommitSeen();
  crashed.After(1).Died(kW, false, "signal 11").After(1).Commit(1, 2);
  EXPECT_EQ(Check(crashed).outcome, Outcome::kUnknown);
}

TEST(WakeSeen, EvidenceIsNamedWhereNothingHappened) {
  EXPECT_THAT(Check(HistoryBuilder()).reason, HasSubstr("no watcher"));
  HistoryBuilder h;
  h.Watch(kW, {0}).Quiesce(kW, {{0, "quiet"}});
  EXPECT_THAT(Check(h).reason, HasSubstr("no commit"));
  EXPECT_EQ(Check(OneCommitSeen(), Obj({{"min_commits", 2}})).outcome, Outcome::kUnknown);
}

TEST(WakeSeen, CountsSpuriousWakes) {
  HistoryBuilder h;
  h.Commit(1, 1).Watch(kW, {0});
  h.Wake(kW, 0, {{"1", 1}});  // nothing new: it was there at opening
  h.Commit(1, 2).Wake(kW, 0, {{"1", 2}}).Wake(kW, 0, {{"1", 2}});
  const Verdict v = Check(h);
  EXPECT_EQ(v.figures["wakes"].Int(), 3);
  EXPECT_EQ(v.figures["spurious"].Int(), 2);
}

TEST(WakeSeen, AWriterWhoseMarksGoBackIsJudgedByEachCommit) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  h.Commit(1, 5).Wake(kW, 0, {{"1", 5}}).After(1);
  h.Commit(1, 2).Wake(kW, 0, {{"1", 2}}).After(1);
  h.Commit(1, 6).Wake(kW, 0, {{"1", 6}}).Quiesce(kW, {{0, "quiet"}});
  EXPECT_EQ(Check(h).figures["seen"].Int(), 3);
}

TEST(WakeSeen, AMarkThatGoesBackIsSoughtFromTheBeginning) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  h.Commit(1, 5).Commit(1, 2).Wake(kW, 0, {{"1", 2}}).After(1).Wake(kW, 0, {{"1", 5}});
  const Verdict v = Check(h);
  EXPECT_EQ(v.figures["latency_p50_us"].Number(), 0.0);  // of the commit of 2: its own wake
  EXPECT_EQ(v.figures["latency_max_us"].Number(), 2000.0);
}

TEST(WakeSeen, SilenceUntilALimitOfDeathIsNoProofOfALoss) {
  HistoryBuilder h;
  h.Watch(kW, {0}).Commit(1, 1).Ask(kW, "await_death", {{0, "quiet"}});
  EXPECT_EQ(Check(h).outcome, Outcome::kUnknown);
}

}  // namespace
}  // namespace harness
