#include "harness/oracle/limit_count.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/call_builder.h"

namespace harness {
namespace {

using ::testing::HasSubstr;

// Three in ten seconds.
struct Limits : CallBuilder {
  Limits& Try(int64_t answer, const std::string& process = "a") {
    Call(process, "honker_rate_limit_try", {"n", 3, 10}, answer);
    return *this;
  }
  Limits& Sweep() {
    Call("s", "honker_rate_limit_sweep", {0}, 0);
    return *this;
  }
  Limits& Later(int64_t second) {
    At(second);
    return *this;
  }
  Verdict Check(bool sweeps = false) const {
    return CheckLimitCount(h.Build(), Expectation{Obj({{"sweeps", sweeps}})});
  }
};

TEST(LimitCount, PassesWhereEachWindowIsFilledAndNoMore) {
  Limits l;
  l.Try(1).Try(1).Sweep().Try(1).Try(0).Later(1010).Try(1).Try(1).Try(1).Try(0);
  const Verdict v = l.Check(true);
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["grants"].Int(), 6);
  EXPECT_EQ(v.figures["windows"].Int(), 2);
}

TEST(LimitCount, OneGrantTooManyFails) {
  const Verdict v = Limits().Try(1).Try(1).Try(1).Try(0).Sweep().Try(1).Check();
  EXPECT_EQ(v.outcome, Outcome::kFail);
  EXPECT_THAT(v.reason, HasSubstr("4 grants in window n from 1000"));
  EXPECT_EQ(v.proof.size(), 2U);
}

TEST(LimitCount, ADenialThatCountsDenialsFails) {
  EXPECT_THAT(Limits().Try(1).Try(1).Try(0).Check().reason, HasSubstr("after 2 grants of 3"));
  EXPECT_EQ(Limits().Try(0).Check().outcome, Outcome::kFail);
}

TEST(LimitCount, ACallBetweenTwoWindowsIsNoEvidenceAgainstEither) {
  Limits l;
  l.Try(1).Try(1).Try(1).Try(0);
  l.Begin("a", "honker_rate_limit_try", {"n", 3, 10}).At(1010).End("a", 1);
  EXPECT_EQ(l.Check().outcome, Outcome::kPass) << l.Check().reason;
  l.Try(1).Try(1).Try(0);  // the second window may have three
  EXPECT_EQ(l.Check().outcome, Outcome::kPass) << l.Check().reason;
}

TEST(LimitCount, AGrantThatIsUnderWayMayHaveComeFirst) {
  Limits l;
  l.Try(1).Try(1);
  l.Begin("b", "honker_rate_limit_try", {"n", 3, 10});
  l.Try(0);
  l.End("b", 1);
  EXPECT_EQ(l.Check().outcome, Outcome::kPass) << l.Check().reason;
}

TEST(LimitCount, NothingIsSaidWithoutEvidence) {
  EXPECT_EQ(CheckLimitCount(HistoryBuilder().Build(), {}).outcome, Outcome::kUnknown);
  EXPECT_THAT(Limits().Try(1).Check().reason, HasSubstr("no window was full"));
  EXPECT_THAT(Limits().Try(1).Try(1).Try(1).Try(0).Sweep().Check(true).reason,
              HasSubstr("nothing was swept between"));
}

TEST(LimitCount, FailuresAndOddAnswersAreFound) {
  Limits fails;
  fails.Begin("a", "honker_rate_limit_try", {"n", 3, 10}).Fails("a", "database is locked");
  EXPECT_THAT(fails.Check().reason, HasSubstr("fails: database is locked"));
  EXPECT_EQ(Limits().Try(2).Check().outcome, Outcome::kFail);
}

}  // namespace
}  // namespace harness
