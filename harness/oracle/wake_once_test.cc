#include "harness/oracle/wake_once.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/history_builder.h"

namespace harness {
namespace {

using ::testing::HasSubstr;

constexpr char kW[] = "watcher:1";
const HistoryBuilder::Results kQuiet = {{0, "quiet"}};

Verdict Check(const HistoryBuilder& h, Value params = Obj()) {
  return CheckWakeOnce(h.Build(), Expectation{std::move(params)});
}

// Three steps, a wake each.
HistoryBuilder Steps() {
  HistoryBuilder h;
  h.Watch(kW, {0});
  for (int seq = 1; seq <= 3; ++seq) {
    h.After(5).Commit(1, seq).After(1).WakeWith(kW, 0, Obj({{"1", seq}}));
    h.After(1).Ask(kW, "await", {{0, "seen"}}).Quiesce(kW, kQuiet);
  }
  return h;
}

TEST(WakeOnce, PassesWhereEachCommitGivesOneWake) {
  const Verdict v = Check(Steps(), Obj({{"min_steps", 3}}));
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["steps"].Int(), 3);
}

TEST(WakeOnce, NoWakeIsMissed) {
  HistoryBuilder h = Steps();
  h.After(1).Commit(1, 4).After(1).Quiesce(kW, kQuiet);
  const Verdict v = Check(h);
  ASSERT_EQ(v.outcome, Outcome::kFail);
  EXPECT_EQ(v.figures["missed"].Int(), 1);
  EXPECT_THAT(v.proof.back().sentence, HasSubstr("0 wakes for 1 commit"));
}

TEST(WakeOnce, TwoWakesAreDoubled) {
  HistoryBuilder h = Steps();
  h.After(1).Commit(1, 4).Wake(kW, 0, {{"1", 4}}).After(1).Wake(kW, 0, {{"1", 4}}).After(1);
  h.Quiesce(kW, kQuiet);
  const Verdict v = Check(h);
  ASSERT_EQ(v.outcome, Outcome::kFail);
  EXPECT_EQ(v.figures["doubled"].Int(), 1);
  EXPECT_EQ(v.proof.size(), 4u);
}

TEST(WakeOnce, AWakeInsideTheQuiesceBelongsToItsCommit) {
  HistoryBuilder h;
  h.Watch(kW, {0}).Commit(1, 1);
  h.Process(kW).Invoke("quiesce").After(1).Wake(kW, 0, {{"1", 1}}).After(5);
  h.Ok(Obj({{"subs", List({Obj({{"sub", 0}, {"result", "quiet"}})})}}));
  EXPECT_EQ(Check(h).outcome, Outcome::kPass);
}

TEST(WakeOnce, ABurstMayCoalesceButNotVanishNorMultiply) {
  for (const int wakes : {0, 1, 2, 3, 4}) {
    HistoryBuilder h = Steps();
    h.After(1).Commit(1, 4).Commit(1, 5).Commit(2, 1);
    for (int i = 0; i < wakes; ++i) h.After(1).Wake(kW, 0, {{"1", 5}});
    h.After(1).Quiesce(kW, kQuiet);
    const bool good = wakes >= 1 && wakes <= 3;
    EXPECT_EQ(Check(h).outcome, good ? Outcome::kPass : Outcome::kFail) << wakes << " wakes";
    EXPECT_EQ(Check(h).figures["bursts"].Int(), 1);
  }
}

TEST(WakeOnce, ACommitInDoubtMayWakeOrNot) {
  for (const int wakes : {1, 2}) {
    HistoryBuilder h = Steps();
    h.After(1).Commit(1, 4, 1, OpType::kInfo).Commit(1, 5);
    for (int i = 0; i < wakes; ++i) h.After(1).Wake(kW, 0, {{"1", 5}});
    h.After(1).Quiesce(kW, kQuiet);
    EXPECT_EQ(Check(h).outcome, Outcome::kPass) << wakes;
  }
}

TEST(WakeOnce, OtherWorkBetweenIsNotJudged) {
  HistoryBuilder h = Steps();
  h.After(1).Do("writer:1", "exec", Obj({{"sql", "PRAGMA wal_checkpoint"}}), Obj()).Commit(1, 4);
  h.After(1).Quiesce(kW, kQuiet);
  const Verdict v = Check(h);
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["skipped"].Int(), 1);
}

TEST(WakeOnce, OtherOpsAreCommitsWhereTheCardSaysSo) {
  const Value also = Obj({{"also", List({"exec"})}, {"min_steps", 4}});
  HistoryBuilder none = Steps();
  none.After(1)
      .Do("writer:1", "exec", Obj({{"sql", "VACUUM"}}), Obj())
      .After(1)
      .Quiesce(kW, kQuiet);
  EXPECT_EQ(Check(none).outcome, Outcome::kPass) << "not judged";
  const Verdict missed = Check(none, also);
  ASSERT_EQ(missed.outcome, Outcome::kFail);
  EXPECT_EQ(missed.figures["missed"].Int(), 1);
  EXPECT_THAT(missed.proof.front().sentence, HasSubstr("writer:1 commits by exec"));
  HistoryBuilder one = Steps();
  one.After(1).Do("writer:1", "exec", Obj({{"sql", "VACUUM"}}), Obj()).After(1);
  one.Wake(kW, 0, {{"1", 3}}).After(1).Quiesce(kW, kQuiet);
  EXPECT_EQ(Check(one, also).outcome, Outcome::kPass);
}

TEST(WakeOnce, AQuiesceThatACommitOverlapsIsNoCut) {
  HistoryBuilder h = Steps();
  h.After(1).Process("writer:1").Invoke("commit", Obj({{"writer", 1}, {"seq", 4}}));
  h.After(1).Quiesce(kW, kQuiet).After(1).Ok().Wake(kW, 0, {{"1", 4}});
  h.After(1).Quiesce(kW, kQuiet);
  EXPECT_EQ(Check(h).outcome, Outcome::kPass);
}

TEST(WakeOnce, UnknownWithoutProofOfSilence) {
  HistoryBuilder h;
  h.Watch(kW, {0}).Commit(1, 1).Wake(kW, 0, {{"1", 1}});
  EXPECT_EQ(Check(h).outcome, Outcome::kUnknown);
  h.Quiesce(kW, {{0, "limit"}});
  EXPECT_EQ(Check(h).outcome, Outcome::kUnknown);

  HistoryBuilder trailing = Steps();
  trailing.After(1).Commit(1, 4).Wake(kW, 0, {{"1", 4}});
  EXPECT_THAT(Check(trailing).reason, HasSubstr("no quiesce after it"));
  trailing.After(1).Unwatch(kW);
  EXPECT_EQ(Check(trailing).outcome, Outcome::kPass);

  EXPECT_EQ(Check(Steps(), Obj({{"min_steps", 4}})).outcome, Outcome::kUnknown);
}

TEST(WakeOnce, EverySubscriberIsJudgedLazyOnesAreNot) {
  HistoryBuilder h;
  h.Watch(kW, {0, 1, 2}, /*lazy=*/1).After(1).Commit(1, 1).Wake(kW, 1, {{"1", 1}});
  h.After(1).Quiesce(kW, {{1, "quiet"}, {2, "quiet"}});
  const Verdict v = Check(h);
  EXPECT_EQ(v.outcome, Outcome::kFail);
  EXPECT_EQ(v.figures["missed"].Int(), 1);
  EXPECT_EQ(v.figures["steps"].Int(), 2);
}

}  // namespace
}  // namespace harness
