#include "harness/oracle/offset_kept.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/stream_builder.h"

namespace harness {
namespace {

using ::testing::HasSubstr;

Verdict Check(const StreamBuilder& s, Value params = Obj()) {
  return CheckOffsetKept(s.h.Build(), Expectation{std::move(params)});
}

// One event shown, saved and asked for; tests go on from here.
StreamBuilder OneSaved() {
  StreamBuilder s;
  return s.Publish(1).Since(0, {1}).Save(1).Ask(1);
}

TEST(OffsetKept, PassesWhereTheOffsetOnlyRises) {
  StreamBuilder s = OneSaved();
  s.Publish(2).Since(1, {2}).Save(2).Save(1, 0).Save(2, 0).Ask(2);
  const Verdict v = Check(s);
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["saves"].Int(), 2);
  EXPECT_EQ(v.figures["delivered"].Int(), 2);
}

TEST(OffsetKept, AnOffsetThatGoesBackIsFound) {
  EXPECT_THAT(Check(OneSaved().Ask(0)).reason, HasSubstr("went back"));
  EXPECT_THAT(Check(OneSaved().Save(1)).reason, HasSubstr("went back")) << "done, though no more";
  EXPECT_THAT(Check(OneSaved().Ask(7)).reason, HasSubstr("nobody saved"));
  EXPECT_THAT(Check(OneSaved().Save(2, 0)).reason, HasSubstr("was not saved"));
}

TEST(OffsetKept, ASaveInDoubtMayHaveHappened) {
  for (const int64_t answer : {1, 2}) {
    EXPECT_EQ(Check(OneSaved().Save(2, 0, OpType::kInfo).Ask(answer)).outcome, Outcome::kPass);
  }
  EXPECT_THAT(Check(OneSaved().Save(2, 0, OpType::kInfo).Ask(2).Ask(1)).reason,
              HasSubstr("went back"))
      << "it had been seen";
  EXPECT_EQ(Check(OneSaved().Save(2, 0, OpType::kFail).Ask(2)).outcome, Outcome::kFail);
}

TEST(OffsetKept, EachEventIsDeliveredAtLeastOnce) {
  const Verdict v = Check(OneSaved().Publish(2).Since(2, {}));
  ASSERT_EQ(v.outcome, Outcome::kFail);
  EXPECT_EQ(v.figures["undelivered"].Int(), 1);
  EXPECT_EQ(Check(OneSaved().Since(0, {1})).figures["redelivered"].Int(), 1);
}

TEST(OffsetKept, WithoutEvidenceNothingIsSaid) {
  EXPECT_EQ(Check(StreamBuilder().Publish(1).Since(0, {1}).Ask(0)).outcome, Outcome::kUnknown);
  EXPECT_EQ(Check(StreamBuilder().Publish(1).Since(0, {1}).Save(1)).outcome, Outcome::kUnknown);
  EXPECT_EQ(Check(OneSaved().Publish(2)).outcome, Outcome::kUnknown) << "not read to the end";
  EXPECT_EQ(Check(OneSaved(), Obj({{"min_redelivered", 1}})).outcome, Outcome::kUnknown);
}

}  // namespace
}  // namespace harness
