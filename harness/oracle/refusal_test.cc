#include "harness/oracle/refusal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/history_builder.h"

namespace harness {
namespace {

using ::testing::HasSubstr;

constexpr char kW[] = "watcher:1";

Verdict Check(const HistoryBuilder& h, Value params = Obj()) {
  return CheckRefusal(h.Build(), Expectation{std::move(params)});
}
Value Expect(const char* what) { return Obj({{"expect", what}}); }

HistoryBuilder OpenedAndAlive() {
  HistoryBuilder h;
  return h.Watch(kW, {0}).Commit(1, 1).Wake(kW, 0, {{"1", 1}}).After(1);
}
HistoryBuilder RefusedWith(const char* error) {
  HistoryBuilder h;
  return h.Refused(kW, error);
}

TEST(Refusal, BothAnswersPassWhereEitherIsExpected) {
  EXPECT_EQ(Check(OpenedAndAlive()).outcome, Outcome::kPass);
  EXPECT_EQ(Check(RefusedWith("shm needs WAL")).outcome, Outcome::kPass);
}

TEST(Refusal, TheOtherAnswerFails) {
  EXPECT_EQ(Check(OpenedAndAlive(), Expect("opened")).outcome, Outcome::kPass);
  EXPECT_THAT(Check(OpenedAndAlive(), Expect("refused")).reason, HasSubstr("was opened"));
  EXPECT_EQ(Check(RefusedWith("shm needs WAL"), Expect("refused")).outcome, Outcome::kPass);
  EXPECT_THAT(Check(RefusedWith("shm needs WAL"), Expect("opened")).reason,
              HasSubstr("was refused"));
}

TEST(Refusal, ARefusalGivesTheReason) {
  EXPECT_THAT(Check(RefusedWith("")).reason, HasSubstr("no reason"));
  const Value all = Obj({{"mention", List({"polling", "kernel", "shm"})}});
  EXPECT_EQ(Check(RefusedWith("unknown backend \"x\": polling, kernel, shm"), all).outcome,
            Outcome::kPass);
  EXPECT_THAT(Check(RefusedWith("unknown backend: polling, shm"), all).proof.back().sentence,
              HasSubstr("kernel"));
  EXPECT_EQ(Check(RefusedWith("no"), Obj({{"mention", "WAL"}})).outcome, Outcome::kFail);
  HistoryBuilder bytes;
  bytes.Do(kW, "watch", Obj(),
           Obj({{"outcome", "refused"}, {"error", EncodeBytes("not WAL \xff")}}));
  EXPECT_EQ(Check(bytes, Obj({{"mention", "WAL"}})).outcome, Outcome::kPass);
}

TEST(Refusal, AnOpenedHandleMustBeAlive) {
  HistoryBuilder lost;
  lost.Watch(kW, {0}).Commit(1, 1).Quiesce(kW, {{0, "quiet"}});
  EXPECT_THAT(Check(lost).reason, HasSubstr("does not work"));
  HistoryBuilder dead;
  dead.Watch(kW, {0}).Dead(kW, 0);
  EXPECT_THAT(Check(dead).reason, HasSubstr("was dead"));
  HistoryBuilder untried;
  EXPECT_THAT(Check(untried.Watch(kW, {0})).reason, HasSubstr("alive"));
  HistoryBuilder limit;
  limit.Watch(kW, {0}).Commit(1, 1).Quiesce(kW, {{0, "limit"}});
  EXPECT_EQ(Check(limit).outcome, Outcome::kUnknown);
}

TEST(Refusal, AHandleThatWakesTooEarlyLives) {
  HistoryBuilder before;
  before.Watch(kW, {0}).Wake(kW, 0, {}).After(1).Commit(1, 1).Quiesce(kW, {{0, "quiet"}});
  EXPECT_EQ(Check(before).outcome, Outcome::kFail);
  HistoryBuilder within;
  within.Watch(kW, {0}).Process("writer:1").Invoke("commit", Obj({{"writer", 1}, {"seq", 1}}));
  within.After(1).Wake(kW, 0, {}).After(1).Ok().Quiesce(kW, {{0, "quiet"}});
  EXPECT_EQ(Check(within).outcome, Outcome::kPass);
}

TEST(Refusal, AThreadThatIsGoneIsNamed) {
  HistoryBuilder gone;
  gone.Watch(kW, {0}).Commit(1, 1);
  HistoryBuilder others = gone;
  gone.Tell(kW, "thread_gone", Obj({{"threads", List({7})}, {"others_left", false}}));
  EXPECT_THAT(Check(gone.Quiesce(kW, {{0, "quiet"}})).reason, HasSubstr("whose thread died"));
  others.Tell(kW, "thread_gone", Obj({{"threads", List({7})}, {"others_left", true}}));
  EXPECT_THAT(Check(others.Quiesce(kW, {{0, "quiet"}})).reason, HasSubstr("does not work"));
}

TEST(Refusal, ACallThatNeverReturnedIsNoRefusal) {
  HistoryBuilder hangs;
  hangs.Process(kW).Invoke("watch").After(1).Died(kW, false, "signal 9");
  EXPECT_THAT(Check(hangs).reason, HasSubstr("never returned"));
  HistoryBuilder killed;
  killed.Process(kW).Invoke("watch").After(1).Kill(kW).Died(kW, true);
  EXPECT_EQ(Check(killed).outcome, Outcome::kUnknown);
  HistoryBuilder failed;
  failed.Process(kW).Invoke("watch").After(1).Fail(Obj({{"message", "unable to open database"}}));
  EXPECT_THAT(Check(failed).reason, HasSubstr("unable to open"));
}

TEST(Refusal, TheFallbackIsSaidExactlyOnce) {
  const Value params = Obj({{"stderr_mention", "falling back to polling"}});
  for (const int times : {0, 1, 2}) {
    HistoryBuilder h = OpenedAndAlive();
    h.Died(kW, true, "exit 0").Stderr(kW, "other").Stderr("writer:1", "falling back to polling");
    for (int i = 0; i < times; ++i)
      h.Stderr(kW, "honker: kernel is not built in: falling back to polling");
    const Verdict v = Check(h, params);
    EXPECT_EQ(v.outcome, times == 1 ? Outcome::kPass : Outcome::kFail) << times;
    EXPECT_EQ(v.figures["stderr_lines"].Int(), times);
  }
  EXPECT_THAT(Check(OpenedAndAlive(), params).reason, HasSubstr("not collected"));
}

TEST(Refusal, OnlyTheNamedProcessIsJudged) {
  HistoryBuilder h = OpenedAndAlive();
  h.Refused("watcher:2", "");
  EXPECT_EQ(Check(h).outcome, Outcome::kFail);
  EXPECT_EQ(Check(h, Obj({{"process", kW}})).outcome, Outcome::kPass);
  EXPECT_EQ(Check(h, Obj({{"process", "watcher:3"}})).outcome, Outcome::kUnknown);
}

TEST(Declined, AnOpenIsAFailUnlessItsProcessSaidThatItFellBack) {
  const Expectation shm{Obj({{"backend", "shm"}})};
  HistoryBuilder refused;
  refused.Do("watcher:1", "watch", Obj({{"backend", "shm"}}),
             Obj({{"outcome", "refused"}, {"error", "needs WAL"}}));
  EXPECT_EQ(CheckDeclined(refused.Build(), shm).outcome, Outcome::kPass);
  EXPECT_EQ(CheckDeclined(HistoryBuilder().Build(), shm).outcome, Outcome::kUnknown);

  HistoryBuilder opened = refused;
  opened.Do("worker:1", "work", Obj({{"backend", "shm"}}), Obj({{"outcome", "opened"}}));
  opened.Stderr("watcher:1", "polling instead");
  const Verdict fail = CheckDeclined(opened.Build(), shm);
  EXPECT_EQ(fail.outcome, Outcome::kFail);
  EXPECT_EQ(fail.proof.size(), 2U);
  opened.Stderr("worker:1", "shm is not built in: polling instead");
  EXPECT_EQ(CheckDeclined(opened.Build(), shm).outcome, Outcome::kPass);
}

TEST(Refusal, MentionsInAnyCaseAndKnowsAbsentFromRefused) {
  EXPECT_EQ(
      Check(RefusedWith("shm needs wal"), Obj({{"expect", "refused"}, {"mention", "WAL"}})).outcome,
      Outcome::kPass);
  HistoryBuilder h;
  h.Do("watcher:1", "watch", Obj({{"backend", "shm"}}),
       Obj({{"outcome", "absent"}, {"error", "the subject has no open_v2"}}));
  EXPECT_EQ(Check(h, Expect("refused")).outcome, Outcome::kUnknown);
}

}  // namespace
}  // namespace harness
