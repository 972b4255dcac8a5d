#include "harness/oracle/claim_one.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/shop_builder.h"

namespace harness {
namespace {

using ::testing::HasSubstr;

Verdict Check(const ShopBuilder& shop, Value params = Obj()) {
  return CheckClaimOne(shop.h.Build(), Expectation{std::move(params)});
}

TEST(ClaimOne, PassesWhereClaimsFollowOneAnother) {
  ShopBuilder s;
  s.Claim("w1", {{1, 1, 100}}).Ack("w1", 1);
  s.Claim("w1", {{2, 1, 100}}).Claim("w2", {{2, 2, 102}}).Ack("w1", 2, 0).Ack("w2", 2);
  const Verdict v = Check(s);
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["reclaims"].Int(), 1);
  EXPECT_EQ(v.figures["late_acks"].Int(), 1);
  EXPECT_EQ(Check(s, Obj({{"min_reclaims", 2}})).outcome, Outcome::kUnknown);
  EXPECT_EQ(Check(s, Obj({{"min_workers", 3}})).outcome, Outcome::kUnknown);
  EXPECT_EQ(Check(ShopBuilder()).outcome, Outcome::kUnknown);
}

TEST(ClaimOne, AClaimHoldsUpToAndWithItsLastSecond) {
  ShopBuilder s;
  s.Claim("w1", {{1, 1, 100}}).Claim("w2", {{1, 2, 101}});
  const Verdict v = Check(s);
  ASSERT_EQ(v.outcome, Outcome::kFail);
  EXPECT_EQ(v.figures["overlaps"].Int(), 1);
  EXPECT_THAT(v.proof.back().sentence, HasSubstr("at second 101 both claims hold"));
}

TEST(ClaimOne, ALongClaimOverlapsEvenTheSecondNext) {
  ShopBuilder s;
  s.Claim("w1", {{1, 1, 100}}, 50).Claim("w2", {{1, 2, 151}}, 1).Claim("w3", {{1, 3, 153}});
  EXPECT_EQ(Check(s).outcome, Outcome::kPass);
  ShopBuilder t;
  t.Claim("w1", {{1, 1, 100}}, 50).Claim("w2", {{1, 2, 120}}).Claim("w3", {{1, 3, 150}});
  EXPECT_EQ(Check(t).figures["overlaps"].Int(), 2);
}

TEST(ClaimOne, TwiceInOneBatchIsTwiceAtATime) {
  ShopBuilder s;
  s.Claim("w1", {{1, 1, 100}, {1, 2, 100}});
  EXPECT_EQ(Check(s).figures["overlaps"].Int(), 1);
}

TEST(ClaimOne, AnAckedJobIsGone) {
  ShopBuilder s;
  s.Claim("w1", {{1, 1, 100}}).Ack("w1", 1).Claim("w2", {{1, 2, 100}});
  const Verdict v = Check(s);
  ASSERT_EQ(v.outcome, Outcome::kFail);
  EXPECT_THAT(v.reason, HasSubstr("after it was done"));
  EXPECT_EQ(v.figures["overlaps"].Int(), 0);

  ShopBuilder late;  // also long after the lease
  late.Claim("w1", {{1, 1, 100}}).Ack("w1", 1).Claim("w2", {{1, 2, 500}});
  EXPECT_EQ(Check(late).outcome, Outcome::kFail);
}

TEST(ClaimOne, AnAckBesideTheOtherClaimExcusesNothing) {
  ShopBuilder s;
  s.Claim("w1", {{1, 1, 100}});
  s.h.Process("w2").Invoke("claim", Obj({{"queue", "q"}, {"worker", "w2"}, {"lease_s", 1}}));
  s.Ack("w1", 1);
  s.h.Process("w2").Ok(Obj({{"jobs", List({ShopBuilder::Job({1, 2, 101}, 1)})}}));
  EXPECT_EQ(Check(s).figures["overlaps"].Int(), 1);
}

TEST(ClaimOne, AJobIsDoneOnce) {
  ShopBuilder s;
  s.Claim("w1", {{1, 1, 100}}).Ack("w1", 1).Ack("w1", 1);
  const Verdict v = Check(s);
  EXPECT_EQ(v.outcome, Outcome::kFail);
  EXPECT_EQ(v.figures["double_acks"].Int(), 1);
}

TEST(ClaimOne, AttemptsCountTheClaims) {
  ShopBuilder gap;
  gap.Claim("w1", {{1, 1, 100}}).Claim("w2", {{1, 3, 102}});
  EXPECT_THAT(Check(gap).proof.back().sentence, HasSubstr("attempt 2 was due"));
  ShopBuilder same;
  same.Claim("w1", {{1, 1, 100}}).Claim("w2", {{1, 1, 102}});
  EXPECT_EQ(Check(same).figures["attempt_errors"].Int(), 1);
  ShopBuilder first;
  first.Claim("w1", {{1, 2, 100}});
  EXPECT_EQ(Check(first).outcome, Outcome::kFail);
}

TEST(ClaimOne, AClaimInDoubtExplainsAGapAndIsHeldAgainstNobody) {
  ShopBuilder s;
  s.Claim("w1", {{1, 1, 100}}).ClaimInDoubt("w2").Claim("w3", {{1, 3, 104}}).Ack("w3", 1);
  const Verdict v = Check(s);
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["in_doubt"].Int(), 1);

  ShopBuilder two_needed;
  two_needed.Claim("w1", {{1, 1, 100}}).ClaimInDoubt("w2").Claim("w3", {{1, 4, 106}});
  EXPECT_EQ(Check(two_needed).outcome, Outcome::kFail);
  ShopBuilder too_early;
  too_early.ClaimInDoubt("w2").Claim("w1", {{1, 1, 100}}).Claim("w3", {{1, 3, 106}});
  EXPECT_EQ(Check(too_early).outcome, Outcome::kFail);
}

TEST(ClaimOne, TheDeathOfAProcessEndsItsPendingClaim) {
  ShopBuilder s;
  s.h.Process("w9").Invoke("claim", Obj({{"worker", "w9"}})).After(1).Kill("w9").Died("w9", true);
  s.h.After(1);
  s.Claim("w1", {{1, 1, 100}}).Claim("w2", {{1, 3, 102}});
  EXPECT_EQ(Check(s).outcome, Outcome::kFail);
}

TEST(ClaimOne, AWorkerRestartedUnderItsNameIsHeldToTheSameRule) {
  ShopBuilder s;
  s.Claim("w1", {{1, 1, 100}}).Claim("w1", {{1, 2, 102}}).Ack("w1", 1);
  EXPECT_EQ(Check(s).outcome, Outcome::kPass);
  ShopBuilder t;
  t.Claim("w1", {{1, 1, 100}}).Claim("w1", {{1, 2, 100}});
  EXPECT_EQ(Check(t).outcome, Outcome::kFail);
}

}  // namespace
}  // namespace harness
