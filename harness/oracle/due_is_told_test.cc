#include "harness/oracle/due_is_told.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/shop_builder.h"

namespace harness {
namespace {

using ::testing::HasSubstr;

// One round by worker:1: job 1 is enqueued, a claim finds nothing, the job falls due at 102, the
// worker asks, and claims. Tests leave steps out or do others between.
struct Round {
  explicit Round(int64_t at, int64_t now_s = 103) {
    s.Enqueue(1).Claim("worker:1", {});
    FallsDue(now_s);
    Asks(at);
  }
  Round& FallsDue(int64_t now_s, int64_t id = 1, const std::string& queue = "q") {
    s.h.After(1).Tell("runner", "due",
                      Obj({{"queue", queue}, {"id", id}, {"run_at", 102}, {"now", now_s}}));
    return *this;
  }
  Round& Asks(int64_t at, OpType how = OpType::kOk) {
    s.h.After(1).Do("worker:1", "next_claim_at", Obj({{"queue", "q"}}), Obj({{"at", at}}), 1, how);
    return *this;
  }
  Verdict Claimed() {
    s.Claim("worker:1", {{1, 1, 103}});
    return Check();
  }
  Verdict Check() const { return CheckDueIsTold(s.h.Build(), {}); }

  ShopBuilder s;
};

TEST(DueIsTold, PassesWhereThePastMomentIsGiven) {
  for (const int64_t at : {1, 102, 103}) {
    const Verdict v = Round(at).Claimed();
    EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
    EXPECT_EQ(v.figures["judged"].Int(), 1);
    EXPECT_TRUE(v.proof.empty());
  }
}

TEST(DueIsTold, FailsWhereNothingOrTheFutureIsGiven) {
  for (const int64_t at : {0, 104, 5000, -1}) {
    const Verdict v = Round(at).Claimed();
    EXPECT_EQ(v.outcome, Outcome::kFail) << at;
    EXPECT_EQ(v.figures["untold"].Int(), 1);
    ASSERT_EQ(v.proof.size(), 4u);
    EXPECT_THAT(v.proof[0].sentence, HasSubstr("worker:1 claims and gets nothing"));
    EXPECT_THAT(v.proof[1].sentence, HasSubstr("due since 102, at 103"));
    EXPECT_THAT(v.proof[2].sentence, HasSubstr(at == 0 ? "nothing to wait for" : "come back at"));
    EXPECT_THAT(v.proof[3].sentence, HasSubstr("only now"));
  }
}

TEST(DueIsTold, OneUntoldJobAmongToldOnesFails) {
  Round r(102);
  r.s.Claim("worker:1", {{1, 1, 103}}).Enqueue(2).Claim("worker:1", {});
  r.FallsDue(103, 2).Asks(0);
  r.s.Claim("worker:1", {{2, 1, 103}});
  const Verdict v = r.Check();
  EXPECT_EQ(v.outcome, Outcome::kFail);
  EXPECT_EQ(v.figures["judged"].Int(), 2);
  EXPECT_EQ(v.figures["untold"].Int(), 1);
}

TEST(DueIsTold, UnknownWithoutEvidence) {
  EXPECT_EQ(CheckDueIsTold(HistoryBuilder().Build(), {}).outcome, Outcome::kUnknown);
  EXPECT_EQ(Round(0).Check().outcome, Outcome::kUnknown) << "never claimed: was it claimable?";
  EXPECT_EQ(Round(0, 101).Claimed().outcome, Outcome::kUnknown) << "not due yet";
}

TEST(DueIsTold, UnknownWhereTheJobWasTakenBeforeTheAnswer) {
  Round r(0);
  r.s = ShopBuilder();
  r.s.Enqueue(1).Claim("worker:1", {});
  r.FallsDue(103);
  r.s.Claim("worker:2", {{1, 1, 103}});
  r.Asks(0);
  EXPECT_EQ(r.Check().outcome, Outcome::kUnknown);

  Round by_a_claim_in_doubt(0);
  by_a_claim_in_doubt.s.Claim("worker:1", {{1, 2, 9000}});
  EXPECT_EQ(by_a_claim_in_doubt.Check().outcome, Outcome::kUnknown);
}

TEST(DueIsTold, UnknownWhereACommitWokeTheWorker) {
  Round r(0);
  r.s = ShopBuilder();
  r.s.Claim("worker:1", {}).Enqueue(1);  // after the claim: that commit is a wake
  r.FallsDue(103).Asks(0);
  EXPECT_EQ(r.Claimed().outcome, Outcome::kUnknown);
}

TEST(DueIsTold, UnknownWhereTheLastClaimWasNotEmptyOrNotItsOwnOrTooLate) {
  for (const int what : {0, 1, 2, 3}) {
    Round r(0);
    r.s = ShopBuilder();
    r.s.Enqueue(1).Enqueue(2);
    if (what == 0) r.s.Claim("worker:1", {}).Claim("worker:1", {{2, 1, 100}});
    if (what == 1) r.s.Claim("worker:2", {});
    if (what == 2) r.s.ClaimInDoubt("worker:1");
    r.FallsDue(103, 1, "q");
    if (what == 3) r.s.Claim("worker:1", {});
    r.Asks(0);
    EXPECT_EQ(r.Claimed().outcome, Outcome::kUnknown) << what;
  }
}

TEST(DueIsTold, UnknownWhereTheQuestionFailedOrWasOfAnotherQueue) {
  for (const bool failed : {false, true}) {
    Round r(0);
    r.s = ShopBuilder();
    r.s.Enqueue(1).Claim("worker:1", {});
    r.FallsDue(103, 1, failed ? "q" : "other");
    r.Asks(0, failed ? OpType::kFail : OpType::kOk);
    EXPECT_EQ(r.Claimed().outcome, Outcome::kUnknown) << failed;
  }
}

}  // namespace
}  // namespace harness
