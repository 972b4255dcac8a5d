#include "harness/oracle/fault_clean.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/sweep_builder.h"

namespace harness {
namespace {

using ::testing::HasSubstr;
using Told = SweepBuilder::Told;

Verdict Check(const SweepBuilder& sweep) { return CheckFaultClean(sweep.h.Build(), {}); }

// A sweep of one point, and the run that strikes nothing.
Verdict Of(const Told& told) { return Check(SweepBuilder().States().Point(told).Point({})); }

const Told kAbsorbed{.fired = 1};
const Told kRolledBack{.fired = 1, .failed_step = 2, .state = "1"};
const Told kHappened{.fired = 1, .failed_step = 2, .state = "2"};

TEST(FaultClean, ReportedAbsorbedOrInDoubtAllCleanPasses) {
  const Verdict v = Check(SweepBuilder()
                              .States()
                              .Point(kAbsorbed)
                              .Point(kRolledBack)
                              .Point(kHappened)
                              .Point({.fired = 3, .failed_step = 1, .state = "0"})
                              .Point({.fired = 1, .watcher = "seen"})
                              .Point({}));
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.reason, "5 points: 3 reported, 2 absorbed, all clean");
  EXPECT_EQ(v.figures["happened"].Int(), 1);
}

TEST(FaultClean, AnAcknowledgedStepThatIsNotThereFails) {
  const Verdict v = Of({.fired = 1, .state = "1"});
  EXPECT_EQ(v.outcome, Outcome::kFail);
  EXPECT_THAT(v.reason, HasSubstr("struck vfs.sync.wal (EIO): it holds 1, after 2 acknowledged"));
  EXPECT_THAT(v.proof[0].sentence, HasSubstr("nth=1 in place of nth=all"));
}

TEST(FaultClean, AHalfDoneStepFails) {
  EXPECT_EQ(Of({.fired = 1, .failed_step = 2, .state = "1.5"}).outcome, Outcome::kFail);
  EXPECT_EQ(Of({.fired = 1, .failed_step = 1, .state = "2"}).outcome, Outcome::kFail)
      << "a step that was never tried";
}

TEST(FaultClean, AReadOfWhatIsNotCommittedFails) {
  EXPECT_THAT(Of({.fired = 1, .read = "1"}).reason, HasSubstr("it reads 1, where 0 is committed"));
  EXPECT_EQ(Of({.fired = 1, .failed_step = 1, .state = "0", .read = "1"}).outcome, Outcome::kPass)
      << "it failed, so it read nothing";
}

TEST(FaultClean, BusyIsCertain) {
  EXPECT_EQ(Of({.fired = 1, .failed_step = 2, .code = 5, .state = "1"}).outcome, Outcome::kPass);
  EXPECT_EQ(Of({.fired = 1, .failed_step = 2, .code = 261, .state = "2"}).outcome, Outcome::kFail)
      << "BUSY, and done all the same";
}

TEST(FaultClean, DamageLocksLeftBehindAndADeafWatcherFail) {
  EXPECT_THAT(Of({.fired = 1, .integrity = "row 3 missing"}).reason,
              HasSubstr("the database is damaged: row 3 missing"));
  EXPECT_THAT(Of({.fired = 1, .closed = false}).reason, HasSubstr("close fails: code 5"));
  EXPECT_THAT(Of({.fired = 1, .usable = false}).reason, HasSubstr("usable fails: code 5"));
  for (const char* result : {"quiet", "dead", "limit"}) {
    EXPECT_EQ(Of({.fired = 1, .watcher = result}).outcome, Outcome::kFail) << result;
  }
}

TEST(FaultClean, WithoutEvidenceItIsUnknown) {
  EXPECT_EQ(Check(SweepBuilder().States().Point({})).outcome, Outcome::kUnknown)
      << "nothing was struck";
  EXPECT_EQ(Check(SweepBuilder().States().Point(kAbsorbed)).outcome, Outcome::kUnknown)
      << "not complete";
  EXPECT_EQ(Check(SweepBuilder().States(true).Point(kAbsorbed)).outcome, Outcome::kPass)
      << "one point was asked for";
  EXPECT_EQ(Check(SweepBuilder()).outcome, Outcome::kUnknown);
}

}  // namespace
}  // namespace harness
