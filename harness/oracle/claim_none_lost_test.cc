#include "harness/oracle/claim_none_lost.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/shop_builder.h"

namespace harness {
namespace {

using ::testing::HasSubstr;

Verdict Check(const ShopBuilder& shop, Value params = Obj()) {
  return CheckClaimNoneLost(shop.h.Build(), Expectation{std::move(params)});
}

// One job acked, and the shop still open for more.
ShopBuilder OneAcked() {
  ShopBuilder s;
  return s.Enqueue(1).Claim("w1", {{1, 1, 100}}).Ack("w1", 1);
}

TEST(ClaimNoneLost, PassesWhereEveryJobIsInOnePlace) {
  ShopBuilder s = OneAcked();
  s.Enqueue(2).Enqueue(3).Claim("w1", {{2, 1, 100}}).JobsLeft({3}, {2});
  const Verdict v = Check(s);
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["acked"].Int(), 1);
  EXPECT_EQ(v.figures["left"].Int(), 1);
  EXPECT_EQ(v.figures["dead"].Int(), 1);
  EXPECT_THAT(Check(s, Obj({{"all_acked", true}})).reason, HasSubstr("never acked"));
  EXPECT_EQ(Check(OneAcked().JobsLeft(), Obj({{"all_acked", true}})).outcome, Outcome::kPass);
}

TEST(ClaimNoneLost, AJobThatIsNowhereIsLost) {
  const Verdict v = Check(OneAcked().Enqueue(2).Claim("w1", {{2, 1, 100}}).JobsLeft());
  ASSERT_EQ(v.outcome, Outcome::kFail);
  EXPECT_EQ(v.figures["lost"].Int(), 1);
  EXPECT_THAT(v.reason, HasSubstr("job 2 was lost"));
  EXPECT_EQ(v.proof.size(), 3u);
}

TEST(ClaimNoneLost, AJobInTwoPlacesIsFinishedTwice) {
  EXPECT_EQ(Check(OneAcked().JobsLeft({1})).outcome, Outcome::kFail);
  EXPECT_EQ(Check(OneAcked().JobsLeft({}, {1})).outcome, Outcome::kFail);
  EXPECT_EQ(Check(OneAcked().Enqueue(2).JobsLeft({2}, {2})).figures["duplicated"].Int(), 1);
  EXPECT_THAT(Check(OneAcked().Ack("w2", 1).JobsLeft()).reason, HasSubstr("acked 2 times"));
}

TEST(ClaimNoneLost, OfOneQueueOnlyWhereOneIsNamed) {
  ShopBuilder s = OneAcked().JobsLeft().JobsLeft({7}, {}, "fires");
  EXPECT_EQ(Check(s).figures["ghosts"].Int(), 1) << "a schedule made it";
  EXPECT_EQ(Check(s, Obj({{"queue", "q"}})).outcome, Outcome::kPass);
  ShopBuilder lost = OneAcked().Enqueue(2).JobsLeft().JobsLeft({7}, {}, "fires");
  EXPECT_EQ(Check(lost, Obj({{"queue", "q"}})).figures["lost"].Int(), 1);
  EXPECT_EQ(Check(s, Obj({{"queue", "other"}})).outcome, Outcome::kUnknown);
}

TEST(ClaimNoneLost, AnAckInDoubtMayHaveBeenDone) {
  ShopBuilder s = OneAcked();
  s.Enqueue(2).Claim("w2", {{2, 1, 100}}).Ack("w2", 2, 0, OpType::kInfo);
  ShopBuilder gone = s;
  const Verdict v = Check(gone.JobsLeft());
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["acked_in_doubt"].Int(), 1);
  ShopBuilder still_there = s;
  EXPECT_EQ(Check(still_there.JobsLeft({2})).outcome, Outcome::kPass);
  ShopBuilder acked_again = s;
  acked_again.Claim("w1", {{2, 2, 102}}).Ack("w1", 2).JobsLeft();
  EXPECT_EQ(Check(acked_again).outcome, Outcome::kPass);
}

TEST(ClaimNoneLost, AFailedOrRefusedAckIsNone) {
  ShopBuilder s = OneAcked();
  s.Enqueue(2).Claim("w2", {{2, 1, 100}}).Ack("w2", 2, 0).Ack("w2", 2, 0, OpType::kFail).JobsLeft();
  EXPECT_EQ(Check(s).figures["lost"].Int(), 1);
}

TEST(ClaimNoneLost, ARolledBackJobIsAGhostWhereItIsClaimed) {
  ShopBuilder s = OneAcked();
  s.Enqueue(2, /*rollback=*/true);
  ShopBuilder never_seen = s;
  EXPECT_EQ(Check(never_seen.JobsLeft()).outcome, Outcome::kPass);
  ShopBuilder claimed = s;
  const Verdict v = Check(claimed.Claim("w1", {{2, 1, 100}}).JobsLeft());
  ASSERT_EQ(v.outcome, Outcome::kFail);
  EXPECT_EQ(v.figures["ghosts"].Int(), 1);
  EXPECT_THAT(v.proof.front().sentence, HasSubstr("rolls it back"));
  ShopBuilder left = s;
  EXPECT_EQ(Check(left.JobsLeft({2})).figures["ghosts"].Int(), 1);
}

TEST(ClaimNoneLost, TheIdOfARolledBackJobMayBeGivenOutAgain) {
  ShopBuilder s = OneAcked();
  s.h.Do("producer:1", "enqueue", Obj({{"queue", "q"}, {"key", "other"}, {"rollback", true}}),
         Obj({{"id", 2}}));
  s.Enqueue(2).Claim("w1", {{2, 1, 100}}).Ack("w1", 2).JobsLeft();
  EXPECT_EQ(Check(s).outcome, Outcome::kPass);
}

TEST(ClaimNoneLost, AKeyUnderAnotherIdIsAGhost) {
  ShopBuilder s = OneAcked();
  s.Enqueue(2).Claim("w1", {{2, 1, 100, "k1"}}).Ack("w1", 2).JobsLeft();
  EXPECT_EQ(Check(s).figures["ghosts"].Int(), 1);
}

TEST(ClaimNoneLost, AnEnqueueInDoubtIsNeitherLostNorAGhost) {
  ShopBuilder s = OneAcked();
  s.Enqueue(2, false, OpType::kInfo);
  ShopBuilder never = s;
  EXPECT_EQ(Check(never.JobsLeft()).outcome, Outcome::kPass);
  ShopBuilder claimed = s;
  EXPECT_EQ(Check(claimed.Claim("w1", {{2, 1, 100}}).Ack("w1", 2).JobsLeft()).outcome,
            Outcome::kPass);
  ShopBuilder left = s;
  EXPECT_EQ(Check(left.JobsLeft({2})).outcome, Outcome::kPass);
  ShopBuilder two = s;
  EXPECT_EQ(Check(two.JobsLeft({2, 3})).figures["ghosts"].Int(), 1);
  ShopBuilder used_up = s;  // a claim shows which job it brought: it explains no other
  used_up.Claim("w1", {{2, 1, 100}}).Ack("w1", 2).JobsLeft({3});
  EXPECT_EQ(Check(used_up).figures["ghosts"].Int(), 1);
  ShopBuilder twice = s;  // one enqueue gives one id
  twice.Claim("w1", {{2, 1, 100, "k2"}}).Claim("w1", {{3, 1, 100, "k2"}}).JobsLeft();
  EXPECT_EQ(Check(twice).figures["ghosts"].Int(), 1);
}

TEST(ClaimNoneLost, AFailedEnqueueLeavesNothing) {
  ShopBuilder s = OneAcked();
  s.Enqueue(2, false, OpType::kFail);
  ShopBuilder claimed = s;
  EXPECT_EQ(Check(s.JobsLeft()).outcome, Outcome::kPass);
  EXPECT_EQ(Check(claimed.Claim("w1", {{2, 1, 100}}).JobsLeft()).outcome, Outcome::kFail);
}

TEST(ClaimNoneLost, JobsLeftHasToComeLast) {
  EXPECT_THAT(Check(OneAcked()).reason, HasSubstr("no jobs_left"));
  ShopBuilder early = OneAcked();
  early.Enqueue(2).JobsLeft({2}).Claim("w1", {{2, 1, 100}});
  EXPECT_THAT(Check(early).reason, HasSubstr("under way when or after"));
  early.Ack("w1", 2).JobsLeft();  // the last one counts
  EXPECT_EQ(Check(early).outcome, Outcome::kPass);
  ShopBuilder ghost = OneAcked();  // what nothing can explain fails all the same
  ghost.Enqueue(2, true).JobsLeft().Claim("w1", {{2, 1, 100}});
  EXPECT_EQ(Check(ghost).outcome, Outcome::kFail);
}

TEST(ClaimNoneLost, EachQueueHasItsOwnEnd) {
  ShopBuilder s = OneAcked();
  s.h.Do("producer:1", "enqueue", Obj({{"queue", "other"}, {"key", "x"}}), Obj({{"id", 9}}));
  s.JobsLeft();
  EXPECT_THAT(Check(s).reason, HasSubstr("\"other\""));
  s.JobsLeft({9}, {}, "other");
  EXPECT_EQ(Check(s).outcome, Outcome::kPass);
}

TEST(ClaimNoneLost, EvidenceIsNamed) {
  EXPECT_THAT(Check(ShopBuilder().JobsLeft()).reason, HasSubstr("0 jobs"));
  EXPECT_THAT(Check(ShopBuilder().Enqueue(1).JobsLeft({1})).reason, HasSubstr("no job was acked"));
  ShopBuilder s = OneAcked().JobsLeft();
  EXPECT_EQ(Check(s, Obj({{"min_jobs", 2}})).outcome, Outcome::kUnknown);
  const Value kills = Obj({{"min_killed_holding", 1}});
  const auto kill = [](ShopBuilder shop) {
    shop.h.Kill("w1").Died("w1", true, "signal 9 (Killed)");
    return shop;
  };
  EXPECT_THAT(Check(kill(s), kills).reason, HasSubstr("0 killed claim holders"));
  s.h.Tell("runner", "held", Obj({{"process", "w1"}, {"jobs", List({1})}}));
  EXPECT_EQ(Check(s, kills).outcome, Outcome::kUnknown);
  EXPECT_EQ(Check(kill(s), kills).outcome, Outcome::kPass);
}

}  // namespace
}  // namespace harness
