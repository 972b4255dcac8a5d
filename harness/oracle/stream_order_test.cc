#include "harness/oracle/stream_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/stream_builder.h"

namespace harness {
namespace {

using ::testing::HasSubstr;

Verdict Check(const StreamBuilder& s, Value params = Obj()) {
  return CheckStreamOrder(s.h.Build(), Expectation{std::move(params)});
}

TEST(StreamOrder, PassesWhereAReaderIsShownEverythingInOrder) {
  StreamBuilder s;
  s.Publish(1).Publish(3).Since(0, {1, 3}).Publish(4).Since(3, {4}).Since(4, {});
  const Verdict v = Check(s);
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["published"].Int(), 3);
  EXPECT_EQ(v.figures["shown"].Int(), 3);
}

TEST(StreamOrder, OffsetsHaveToRiseWithTheCommits) {
  EXPECT_THAT(Check(StreamBuilder().Publish(2).Publish(1)).reason, HasSubstr("do not rise"));
  EXPECT_THAT(Check(StreamBuilder().Publish(2).Publish(2)).reason, HasSubstr("do not rise"));
}

TEST(StreamOrder, PublishesAtTheSameTimeMayTakeAnyOrderButNotOneOffset) {
  const auto both = [](int64_t first, int64_t second) {
    StreamBuilder s;
    const auto event = [](int64_t n) {
      return Obj({{"stream", "s"}, {"payload", StreamBuilder::Payload(n)}});
    };
    s.h.Process("publisher:1").Invoke("stream_publish", event(first));
    s.h.Process("publisher:2").Invoke("stream_publish", event(second)).After(1);
    s.h.Process("publisher:1").Ok(Obj({{"offset", first}}));
    s.h.Process("publisher:2").After(1).Ok(Obj({{"offset", second}}));
    return s;
  };
  EXPECT_EQ(Check(both(2, 1).Since(0, {1, 2})).outcome, Outcome::kPass);
  EXPECT_THAT(Check(both(1, 1).Since(0, {1})).reason, HasSubstr("given twice"));
}

TEST(StreamOrder, AnEventThatIsPassedOverIsMissed) {
  EXPECT_THAT(Check(StreamBuilder().Publish(1).Publish(2).Since(0, {2})).reason,
              HasSubstr("missed"));
  EXPECT_THAT(Check(StreamBuilder().Publish(1).Publish(2).Since(0, {1})).reason,
              HasSubstr("missed"))
      << "committed before, and there was room";
  EXPECT_EQ(Check(StreamBuilder().Publish(1).Publish(2).Since(0, {1}, 1)).outcome, Outcome::kPass)
      << "no room";
  EXPECT_EQ(Check(StreamBuilder().Publish(1).Since(0, {1}).Publish(2)).outcome, Outcome::kPass)
      << "committed later";
}

TEST(StreamOrder, AnEventThatComesInBehindTheReaderIsMissed) {
  StreamBuilder s;
  s.h.Process("publisher:2")
      .Invoke("stream_publish", Obj({{"stream", "s"}, {"payload", StreamBuilder::Payload(1)}}));
  s.Publish(2).Since(0, {2});
  s.h.Process("publisher:2").After(1).Ok(Obj({{"offset", 1}}));
  const Verdict v = Check(s);
  ASSERT_EQ(v.outcome, Outcome::kFail);
  EXPECT_THAT(v.reason, HasSubstr("missed"));
  EXPECT_LT(v.proof[0].op, v.proof[1].op);
}

TEST(StreamOrder, WhatNobodyCommittedIsAGhost) {
  EXPECT_THAT(Check(StreamBuilder().Publish(1).Since(0, {1, 2})).reason, HasSubstr("nobody"));
  EXPECT_THAT(
      Check(StreamBuilder().Publish(1).Publish(2, OpType::kOk, true).Since(0, {1, 2})).reason,
      HasSubstr("nobody"));
  EXPECT_EQ(Check(StreamBuilder().Publish(1).Publish(2, OpType::kInfo).Since(0, {1, 2})).outcome,
            Outcome::kPass)
      << "in doubt";
}

TEST(StreamOrder, AReadIsAscendingAndBehindItsOffset) {
  EXPECT_THAT(Check(StreamBuilder().Publish(1).Publish(2).Since(0, {2, 1})).reason,
              HasSubstr("order"));
  EXPECT_THAT(Check(StreamBuilder().Publish(1).Since(1, {1})).reason, HasSubstr("order"));
}

TEST(StreamOrder, WithoutEvidenceNothingIsSaid) {
  EXPECT_EQ(Check(StreamBuilder().Since(0, {})).outcome, Outcome::kUnknown);
  EXPECT_EQ(Check(StreamBuilder().Publish(1)).outcome, Outcome::kUnknown);
  EXPECT_EQ(Check(StreamBuilder().Publish(1).Since(0, {1}), Obj({{"min_overlapping", 1}})).outcome,
            Outcome::kUnknown);
}

}  // namespace
}  // namespace harness
