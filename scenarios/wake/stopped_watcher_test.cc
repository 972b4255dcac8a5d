#include "scenarios/wake/stopped_watcher.h"

#include <gtest/gtest.h>

#include "harness/oracle/history_builder.h"

namespace scenarios::wake {
namespace {

using harness::HistoryBuilder;
using harness::Obj;
using harness::OpType;
using harness::Outcome;

HistoryBuilder& Signal(HistoryBuilder& h, int number) {
  return h.After(1).Tell("runner", "signal", Obj({{"process", "watcher:1"}, {"signal", number}}));
}
harness::Verdict Check(const HistoryBuilder& h) { return CheckStoppedWatcher(h.Build(), {}); }

TEST(StoppedWatcher, FailuresWhileItStandsStillAreShown) {
  HistoryBuilder h;
  h.Commit(1, 1);
  Signal(h, 19).After(1).Commit(1, 2, 1, OpType::kFail).Commit(1, 2, 1, OpType::kFail);
  Signal(h, 18).After(1).Commit(1, 2);
  const harness::Verdict v = Check(h);
  EXPECT_EQ(v.outcome, Outcome::kPass);
  EXPECT_EQ(v.reason, "2 of 2 commits failed while it stood still, none afterwards");
}

TEST(StoppedWatcher, AFailureAfterwardsIsItsFault) {
  HistoryBuilder h;
  h.Commit(1, 1);
  Signal(h, 19).After(1).Commit(1, 2);
  Signal(h, 18).After(1).Commit(1, 3, 1, OpType::kFail);
  EXPECT_EQ(Check(h).outcome, Outcome::kFail);
  EXPECT_EQ(Check(h).proof.size(), 3U);
}

TEST(StoppedWatcher, WithoutEvidenceNothingIsSaid) {
  HistoryBuilder none;
  EXPECT_EQ(Check(none.Commit(1, 1)).outcome, Outcome::kUnknown);
  HistoryBuilder before;
  Signal(Signal(before.Commit(1, 1), 19), 18);
  EXPECT_EQ(Check(before.After(1).Commit(1, 2)).outcome, Outcome::kUnknown);
  HistoryBuilder forever;
  forever.Commit(1, 1);
  EXPECT_EQ(Check(Signal(forever, 19).After(1).Commit(1, 2)).outcome, Outcome::kUnknown);
}

}  // namespace
}  // namespace scenarios::wake
