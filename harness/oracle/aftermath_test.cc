#include "harness/oracle/aftermath.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/history_builder.h"

namespace harness {
namespace {

using ::testing::HasSubstr;

constexpr char kW[] = "watcher:1";

Verdict Check(const HistoryBuilder& h, Value params = Obj()) {
  return CheckAftermath(h.Build(), Expectation{std::move(params)});
}

Value File(int64_t ino) { return Obj({{"dev", 1}, {"ino", ino}}); }

HistoryBuilder& Poke(HistoryBuilder& h, int64_t after = 10) {
  return h.Do("runner", "fault", Obj({{"fault", "poke db offset=24 bytes=00"}}),
              Obj({{"before", File(10)}, {"after", File(after)}}));
}

HistoryBuilder Struck(int64_t after = 10) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  Poke(h.At(10), after);
  return h;
}

TEST(Aftermath, SilenceAndLaterCommitsThatAreHeardPass) {
  HistoryBuilder h = Struck();
  h.After(1).Quiesce(kW, {{0, "quiet"}}).After(1).Commit(9, 1).Wake(kW, 0, {{"9", 1}});
  h.After(1).Ask(kW, "await", {{0, "seen"}});
  const Verdict v = Check(h);
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["met"].Int(), 1);
  EXPECT_EQ(v.figures["silent"].Int(), 1);
  EXPECT_EQ(v.figures["later_commits"].Int(), 1);
  EXPECT_THAT(v.reason, HasSubstr("1 heard nothing"));
}

TEST(Aftermath, AWakeBeforeLaterCommitsIsCountedAndSoIsAFailedReread) {
  HistoryBuilder h = Struck();
  h.After(1).Wake(kW, 0, {{"1", 1}}).After(1).FailedWake(kW, 0, 11);
  h.After(1).Quiesce(kW, {{0, "quiet"}}).After(1).Commit(9, 1).Wake(kW, 0, {{"9", 1}});
  h.After(1).Ask(kW, "await", {{0, "seen"}});
  const Verdict v = Check(h);
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["woke"].Int(), 1);
  EXPECT_EQ(v.figures["wakes"].Int(), 2);
  EXPECT_EQ(v.figures["rereads_failed"].Int(), 1);
  EXPECT_EQ(v.figures["silent"].Int(), 0);
}

TEST(Aftermath, SilenceIsAFailureWhereSomethingMustBeTold) {
  HistoryBuilder h = Struck();
  h.After(1).Quiesce(kW, {{0, "quiet"}});
  EXPECT_EQ(Check(h).outcome, Outcome::kPass);
  EXPECT_EQ(Check(h, Obj({{"must_be_told", true}})).outcome, Outcome::kFail);
}

TEST(Aftermath, ADeathIsForCardsToAllowUnlessTheFileIsAnotherOne) {
  HistoryBuilder h = Struck();
  h.After(1).Dead(kW, 0).Quiesce(kW, {{0, "dead"}});
  EXPECT_EQ(Check(h).outcome, Outcome::kFail);
  EXPECT_EQ(Check(h, Obj({{"may_die", true}})).outcome, Outcome::kPass);
  HistoryBuilder replaced = Struck(11);
  replaced.After(1).Dead(kW, 0);
  EXPECT_EQ(Check(replaced).outcome, Outcome::kPass);
}

TEST(Aftermath, AStormFails) {
  HistoryBuilder h = Struck();
  h.After(1).Tell(kW, "overtrigger", Obj({{"sub", 0}, {"wakes", 1000}}));
  h.After(1).Quiesce(kW, {{0, "overtrigger"}});
  const Verdict v = Check(h, Obj({{"may_die", true}}));
  EXPECT_EQ(v.outcome, Outcome::kFail);
  EXPECT_EQ(v.figures["storms"].Int(), 1);
}

TEST(Aftermath, DeafnessFails) {
  HistoryBuilder h = Struck();
  h.After(1).Quiesce(kW, {{0, "quiet"}}).After(1).Commit(9, 1);
  h.After(1).Ask(kW, "await", {{0, "quiet"}});
  const Verdict v = Check(h);
  EXPECT_EQ(v.outcome, Outcome::kFail);
  EXPECT_EQ(v.figures["deaf"].Int(), 1);
  EXPECT_EQ(Check(h, Obj({{"must_hear", false}})).outcome, Outcome::kPass);
}

TEST(Aftermath, AWakeThatCameTooEarlyIsNotDeafness) {
  HistoryBuilder h = Struck();
  h.After(1).Quiesce(kW, {{0, "quiet"}}).After(1);
  h.Process("writer:9").Invoke("commit", Obj({{"writer", 9}, {"seq", 1}})).After(1);
  h.Wake(kW, 0, {}).Process("writer:9").After(1).Ok();
  h.After(1).Ask(kW, "await", {{0, "quiet"}});
  EXPECT_EQ(Check(h).outcome, Outcome::kPass);
}

TEST(Aftermath, ALaterCommitThatFailedIsNobodysBusiness) {
  HistoryBuilder h = Struck();
  h.After(1).Quiesce(kW, {{0, "quiet"}}).After(1).Commit(9, 1, 1, OpType::kFail);
  h.After(1).Ask(kW, "await", {{0, "quiet"}});
  const Verdict v = Check(h);
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["later_failed"].Int(), 1);
}

TEST(Aftermath, AProcessThatDiesOfItFails) {
  HistoryBuilder h = Struck();
  h.After(1).Died(kW, false, "signal 7");
  EXPECT_THAT(Check(h).reason, HasSubstr("died of it"));
  HistoryBuilder killed = Struck();
  killed.After(1).Quiesce(kW, {{0, "quiet"}}).Kill(kW).Died(kW, true);
  EXPECT_EQ(Check(killed).outcome, Outcome::kPass);
}

TEST(Aftermath, AThreadThatIsOverWithoutAWordFails) {
  HistoryBuilder h = Struck();
  h.After(1).Tell(kW, "thread_gone", Obj({{"others_left", false}}));
  h.After(1).Quiesce(kW, {{0, "quiet"}});
  EXPECT_THAT(Check(h, Obj({{"may_die", true}})).reason, HasSubstr("thread is over"));
}

TEST(Aftermath, WithoutEvidenceNothingIsKnown) {
  EXPECT_EQ(Check(HistoryBuilder()).outcome, Outcome::kUnknown);
  EXPECT_EQ(Check(Struck()).outcome, Outcome::kUnknown) << "nothing proved";
  HistoryBuilder limit = Struck();
  limit.After(1).Quiesce(kW, {{0, "limit"}});
  EXPECT_EQ(Check(limit).outcome, Outcome::kUnknown);
  HistoryBuilder nobody;
  Poke(nobody);
  EXPECT_EQ(Check(nobody).outcome, Outcome::kUnknown);
  HistoryBuilder harmless;
  harmless.Watch(kW, {0}).At(10).Quiesce(kW, {{0, "quiet"}});
  EXPECT_EQ(Check(harmless).outcome, Outcome::kUnknown) << "no fault";
}

}  // namespace
}  // namespace harness
