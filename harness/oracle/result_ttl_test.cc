#include "harness/oracle/result_ttl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/call_builder.h"

namespace harness {
namespace {

using ::testing::HasSubstr;

struct Results : CallBuilder {
  Results& Save(int64_t job, const std::string& value, int64_t ttl) {
    Call("saver:1", "honker_result_save", {job, value, ttl}, 1);
    return *this;
  }
  Results& Get(int64_t job, const Value& answer) {
    Call("reader:1", "honker_result_get", {job}, answer);
    return *this;
  }
  Results& Sweep() {
    Call("reader:1", "honker_result_sweep", {}, 0);
    return *this;
  }
  Results& Later(int64_t second) {
    At(second);
    return *this;
  }
  Verdict Check(bool sweeps = false) const {
    return CheckResultTtl(h.Build(), Expectation{Obj({{"sweeps", sweeps}})});
  }
};

Results Good() {
  Results r;
  r.Save(1, "one", 5).Save(2, "two", 0).Get(1, "one").Get(3, Value());
  r.Later(1005).Sweep().Get(1, Value()).Get(2, "two");
  return r;
}

TEST(ResultTtl, PassesWhereResultsGoAtTheirTime) {
  const Verdict v = Good().Check(true);
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["there"].Int(), 2);
  EXPECT_EQ(v.figures["gone"].Int(), 1);
}

TEST(ResultTtl, TooEarlyTooLateAndTheWrongOneAreFound) {
  EXPECT_THAT(Results().Save(1, "x", 5).Later(1004).Get(1, Value()).Check().reason,
              HasSubstr("gone before its time"));
  EXPECT_THAT(Results().Save(1, "x", 0).Later(9000).Sweep().Get(1, Value()).Check().reason,
              HasSubstr("gone before its time"));
  EXPECT_THAT(Results().Save(1, "x", 5).Later(1005).Get(1, "x").Check().reason,
              HasSubstr("there after its time"));
  EXPECT_THAT(Results().Save(1, "x", 5).Save(1, "y", 5).Get(1, "x").Check().reason,
              HasSubstr("reads as something else"));
  EXPECT_EQ(Good().Get(1, "one").Check().proof.size(), 2U);
}

TEST(ResultTtl, ASecondThatIsNotDecidedProvesNothing) {
  Results r;
  r.Begin("saver:1", "honker_result_save", {1, "x", 5}).At(1002).End("saver:1", 1);
  r.At(1005);
  for (const Value& answer : {Value("x"), Value()}) {
    Results either = r;
    either.Get(1, answer);  // it ends at 1005, 1006 or 1007
    EXPECT_EQ(either.Check().outcome, Outcome::kUnknown) << either.Check().reason;
  }
}

TEST(ResultTtl, ASaveThatIsUnderWayProvesNothing) {
  Results r;
  r.Save(1, "x", 5);
  r.Begin("saver:1", "honker_result_save", {1, "y", 5});
  r.Get(1, "y").Get(1, "x");
  EXPECT_EQ(r.Check().figures["judged"].Int(), 0);
  Results during;
  during.Save(1, "x", 5);
  during.Begin("reader:1", "honker_result_get", {1});
  during.Save(1, "y", 5);
  during.End("reader:1", "y");
  EXPECT_EQ(during.Check().figures["judged"].Int(), 0);
}

TEST(ResultTtl, NothingIsSaidWithoutEvidence) {
  EXPECT_EQ(CheckResultTtl(HistoryBuilder().Build(), {}).outcome, Outcome::kUnknown);
  EXPECT_THAT(Results().Save(1, "x", 5).Later(1005).Get(1, Value()).Check().reason,
              HasSubstr("was not over"));
  EXPECT_THAT(Results().Save(1, "x", 5).Get(1, "x").Check().reason, HasSubstr("was over"));
  Results no_sweep;
  no_sweep.Save(1, "x", 5).Get(1, "x").Later(1005).Get(1, Value());
  EXPECT_EQ(no_sweep.Check().outcome, Outcome::kPass);
  EXPECT_THAT(no_sweep.Check(true).reason, HasSubstr("after a sweep"));
}

TEST(ResultTtl, ACallThatFailsIsFound) {
  Results r = Good();
  r.Begin("reader:1", "honker_result_get", {1}).Fails("reader:1", "no such table");
  EXPECT_THAT(r.Check().reason, HasSubstr("honker_result_get fails: no such table"));
}

}  // namespace
}  // namespace harness
