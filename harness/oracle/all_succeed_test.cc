#include "harness/oracle/all_succeed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/history_builder.h"

namespace harness {
namespace {

using ::testing::HasSubstr;

Verdict Check(const HistoryBuilder& h, Value params = Obj({{"op", "exec"}})) {
  return CheckAllSucceed(h.Build(), Expectation{std::move(params)});
}

// `count` processes begin at once; their ends are up to the test.
HistoryBuilder Race(int count) {
  HistoryBuilder h;
  for (int i = 0; i < count; ++i) {
    h.Process("opener:" + std::to_string(i))
        .Invoke("exec", Obj({{"sql", "SELECT honker_bootstrap()"}}));
  }
  return h.After(5);
}
HistoryBuilder& End(HistoryBuilder& h, int i) {
  return h.Process("opener:" + std::to_string(i)).Ok();
}

TEST(AllSucceed, PassesWhereAllEndOkAtOnce) {
  HistoryBuilder h = Race(3);
  for (int i = 0; i < 3; ++i) End(h, i);
  const Verdict v = Check(h);
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["overlapping"].Int(), 3);
  EXPECT_EQ(v.figures["took_max_us"].Number(), 5000.0);
}

TEST(AllSucceed, OneFailureFailsWithItsCodeAndMessage) {
  HistoryBuilder h = Race(2);
  End(h, 0).Process("opener:1").Fail(Obj({{"code", 5}, {"message", "database is locked"}}));
  const Verdict v = Check(h);
  ASSERT_EQ(v.outcome, Outcome::kFail);
  EXPECT_THAT(v.reason, HasSubstr("code 5: database is locked"));
}

TEST(AllSucceed, DoubtAndSilenceAreNoSuccess) {
  HistoryBuilder doubt = Race(2);
  End(doubt, 0).Process("opener:1").Info(Obj({{"message", "disk I/O error"}}));
  EXPECT_THAT(Check(doubt).reason, HasSubstr("in doubt: disk I/O error"));
  HistoryBuilder hangs = Race(2);
  End(hangs, 0).Died("opener:1", false, "signal 9");
  EXPECT_THAT(Check(hangs).reason, HasSubstr("did not end"));
  HistoryBuilder killed = Race(2);
  End(killed, 0).Kill("opener:1").Died("opener:1", true);
  EXPECT_EQ(Check(killed).outcome, Outcome::kUnknown);
}

TEST(AllSucceed, CallsThatFollowOneAnotherProveNothing) {
  HistoryBuilder h;
  h.Do("opener:0", "exec", Obj(), Obj()).Do("opener:1", "exec", Obj(), Obj());
  EXPECT_THAT(Check(h).reason, HasSubstr("overlapped"));
  HistoryBuilder own;  // a process does not race with itself
  own.Process("opener:0").Invoke("exec").Invoke("exec").After(1).Ok().Ok();
  own.Do("opener:1", "exec", Obj(), Obj());
  EXPECT_EQ(Check(own).outcome, Outcome::kUnknown);
}

TEST(AllSucceed, OneAloneCanSucceedWhereTheCardSaysSo) {
  HistoryBuilder h = Race(1);
  End(h, 0);
  EXPECT_EQ(Check(h).outcome, Outcome::kUnknown);
  EXPECT_EQ(Check(h, Obj({{"op", "exec"}, {"processes", 1}})).outcome, Outcome::kPass);
  h.Do("opener:1", "exec", Obj(), Obj());
  EXPECT_THAT(Check(h, Obj({{"op", "exec"}, {"processes", 1}})).reason, HasSubstr("overlapped"));
}

TEST(AllSucceed, TheCardSaysWhatAndHowMany) {
  HistoryBuilder h = Race(2);
  End(End(h, 0), 1).Do("opener:0", "exec", Obj({{"sql", "DROP TABLE x"}}), Obj(), 1, OpType::kFail);
  EXPECT_EQ(Check(h).outcome, Outcome::kFail);
  Value only = Obj({{"op", "exec"}, {"containing", "bootstrap"}});
  EXPECT_EQ(Check(h, only).outcome, Outcome::kPass);
  EXPECT_EQ(Check(h, only.Set("processes", 3)).outcome, Outcome::kUnknown);
  EXPECT_EQ(Check(h, Obj()).outcome, Outcome::kUnknown);
  EXPECT_EQ(Check(h, Obj({{"op", "open_queue"}})).outcome, Outcome::kUnknown);
}

}  // namespace
}  // namespace harness
