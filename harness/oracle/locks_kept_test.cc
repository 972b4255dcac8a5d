// Hand-written histories: what a lost lock is, in which step it went, and what proves nothing.
#include "harness/oracle/locks_kept.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/history_builder.h"

namespace harness {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kW[] = "watcher:1";

Value ALock() {
  return List({Obj({{"mode", "write"}, {"start", 120}, {"end", 120}}),
               Obj({{"mode", "read"}, {"start", 128}, {"end", 128}})});
}

HistoryBuilder& Looked(HistoryBuilder& h, int64_t judged = 5) {
  return h.Tell("runner", "locks_looked",
                Obj({{"process", kW}, {"looks", 7}, {"judged", judged}, {"granted", 40}}));
}

HistoryBuilder& Lost(HistoryBuilder& h, bool with_call, bool seen = true) {
  Value value = Obj({{"process", kW}, {"file", "app.db-shm"}, {"locks", ALock()}, {"seen", seen}});
  if (with_call) {
    value.Set("by", Obj({{"call", "close(9)"},
                         {"caller", "/usr/lib/libx.so+0x1234"},
                         {"thread", "honker-shm"}}));
  }
  return h.Tell("runner", "lock_lost", value);
}

Verdict Check(const HistoryBuilder& h) { return CheckLocksKept(h.Build(), {}); }

TEST(LocksKept, LocksThatOthersSeeAreKept) {
  HistoryBuilder h;
  h.Watch(kW, {0}).Commit(1, 1);
  Looked(h);
  const Verdict verdict = Check(h);
  EXPECT_EQ(verdict.outcome, Outcome::kPass);
  EXPECT_EQ(verdict.figures["judged"].Int(), 5);
  EXPECT_EQ(verdict.figures["granted"].Int(), 40);
}

TEST(LocksKept, NoLockInAnyLookProvesNothing) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  EXPECT_EQ(Check(h).outcome, Outcome::kUnknown);
  Looked(h, 0);
  EXPECT_EQ(Check(h).outcome, Outcome::kUnknown);
}

TEST(LocksKept, ALossIsTheOneOfTheOpInWhichItHappensAndNamesTheCall) {
  HistoryBuilder h;
  h.Watch(kW, {0});  // ops 0 and 1
  h.Process(kW).After(1).Invoke("exec");
  h.After(1);
  Lost(h, true);
  h.After(1).Ok();
  Looked(h);
  const Verdict verdict = Check(h);
  ASSERT_EQ(verdict.outcome, Outcome::kFail);
  EXPECT_EQ(verdict.reason,
            "watcher:1 lost a write lock on app.db-shm, bytes 120..120, and 1 more, in op #2 "
            "(exec), by close(9), called from libx.so+0x1234 in thread honker-shm");
  ASSERT_EQ(verdict.proof.size(), 2U);
  EXPECT_EQ(verdict.proof[0].op, 2U);
  EXPECT_EQ(verdict.proof[1].op, 3U);
}

TEST(LocksKept, TheInnermostOpIsTheStep) {
  HistoryBuilder h;
  h.Process(kW).Invoke("burst").After(1).Invoke("commit").After(1);
  Lost(h, true);
  h.After(1).Ok().After(1).Ok();
  EXPECT_THAT(Check(h).reason, HasSubstr("in op #1 (commit)"));
}

TEST(LocksKept, ALossByAnotherThreadComesAfterTheOpThatIsOver) {
  HistoryBuilder h;
  h.Watch(kW, {0}).After(1).Commit(1, 1);  // of another process
  Lost(h, true);
  EXPECT_THAT(Check(h).reason, HasSubstr("after op #0 (watch)"));
}

TEST(LocksKept, ALossWithoutACulpritIsALoss) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  Lost(h, false);
  const Verdict verdict = Check(h);
  EXPECT_EQ(verdict.outcome, Outcome::kFail);
  EXPECT_THAT(verdict.reason, Not(HasSubstr(", by ")));
  EXPECT_THAT(verdict.proof.back().sentence, HasSubstr("see that lock no more"));
}

TEST(LocksKept, WhatAnActorMissesOfItselfCounts) {
  HistoryBuilder h;
  h.Process("worker:1").Invoke("claim").After(1);
  h.Event("lock_missing", Obj({{"file", "app.db"}, {"locks", ALock()}})).Ok();
  EXPECT_THAT(Check(h).reason, HasSubstr("worker:1 lost a write lock on app.db"));
}

TEST(LocksKept, ALossThatTheKernelDidNotShowIsAFigure) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  Lost(h, true, /*seen=*/false);
  Looked(h);
  const Verdict verdict = Check(h);
  EXPECT_EQ(verdict.outcome, Outcome::kPass);
  EXPECT_EQ(verdict.figures["unseen"].Int(), 1);
}

TEST(LocksKept, WhatSqliteTakesFromItselfIsCountedApart) {
  HistoryBuilder h;
  h.Watch(kW, {0});
  h.Tell("runner", "lock_lost",
         Obj({{"process", kW},
              {"file", "app.db"},
              {"locks", ALock()},
              {"seen", true},
              {"by", Obj({{"call", "close(138)"},
                          {"caller", "/lib/x86_64-linux-gnu/libsqlite3.so.0+0xab1a6"}})}}));
  Looked(h);
  EXPECT_EQ(Check(h).outcome, Outcome::kPass);
  EXPECT_EQ(Check(h).figures["by_sqlite"].Int(), 1);
  EXPECT_EQ(Check(h).figures["lost"].Int(), 0);
  Lost(h, true);
  EXPECT_EQ(Check(h).outcome, Outcome::kFail);
}

TEST(LocksKept, ALossBeforeAnyOpIsStillOne) {
  HistoryBuilder h;
  Lost(h, true);
  EXPECT_EQ(Check(h).outcome, Outcome::kFail);
  EXPECT_THAT(Check(h).reason, HasSubstr("before any op"));
}

}  // namespace
}  // namespace harness
