#include "harness/oracle/wal_bounded.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/history_builder.h"

namespace harness {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kCheckpoint = 1000 * (4096 + 24);

HistoryBuilder& Repeat(HistoryBuilder& h, int64_t written) {
  return h.After(1).Do("caller:1", "repeat", Obj({{"count", 20'000}}),
                       Obj({{"done", 20'000}, {"written", written}}));
}
HistoryBuilder& Wal(HistoryBuilder& h, int64_t bytes, bool read_open = false) {
  return h.After(1).Tell("runner", "wal",
                         Obj({{"bytes", bytes},
                              {"page_size", 4096},
                              {"autocheckpoint", 1000},
                              {"read_open", read_open}}));
}
Verdict Check(const HistoryBuilder& h) { return CheckWalBounded(h.Build(), {}); }

TEST(WalBounded, PassesNearTheAutoCheckpoint) {
  HistoryBuilder h;
  Wal(Repeat(h, 60'000), kCheckpoint + kCheckpoint / 2 + 32);
  const Verdict v = Check(h);
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["calls"].Int(), 20'000);
  EXPECT_EQ(v.figures["wal_bytes"].Int(), v.figures["bound_bytes"].Int());
}

TEST(WalBounded, FailsWhereNoCheckpointRan) {
  HistoryBuilder h;
  Wal(Repeat(h, 60'000), 60'000 * (4096 + 24));
  const Verdict v = Check(h);
  ASSERT_EQ(v.outcome, Outcome::kFail);
  EXPECT_THAT(v.reason, HasSubstr("the WAL has 247200000 bytes"));
  EXPECT_EQ(v.proof.size(), 2U);
}

TEST(WalBounded, AnOpenReadMayLetItGrowOnceAndNotAgain) {
  HistoryBuilder h;
  const int64_t grown = 60'000 * (4096 + 24);
  Wal(Repeat(h, 60'000), grown, true);
  EXPECT_EQ(Check(h).outcome, Outcome::kUnknown) << "nothing was bounded yet";
  HistoryBuilder again = h;
  Wal(Repeat(h, 5'000), grown + 4120);
  const Verdict v = Check(h);
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["wal_open_bytes"].Int(), grown);
  EXPECT_THAT(v.reason, HasSubstr("no further afterwards"));
  Wal(Repeat(again, 5'000), grown + 5'000 * 4120);
  EXPECT_EQ(Check(again).outcome, Outcome::kFail);
}

TEST(WalBounded, TooFewPagesProveNothing) {
  HistoryBuilder h;
  Wal(Repeat(h, 2'999), kCheckpoint);
  EXPECT_THAT(Check(h).reason, HasSubstr("2999 pages written"));
  EXPECT_EQ(Check(HistoryBuilder()).outcome, Outcome::kUnknown);
  HistoryBuilder never;
  Repeat(never, 60'000);
  EXPECT_THAT(Check(never).reason, HasSubstr("nobody looked"));
}

TEST(WalBounded, ACallThatFailsIsNoBoundKept) {
  HistoryBuilder h;
  h.Do("caller:1", "repeat", Obj(), Obj({{"message", "database is locked"}}), 1, OpType::kFail);
  Wal(h, 100);
  EXPECT_THAT(Check(h).reason, HasSubstr("a call failed: database is locked"));
  EXPECT_EQ(Check(h).outcome, Outcome::kFail);
  HistoryBuilder cut;
  cut.Process("caller:1").Invoke("repeat");
  Wal(cut, 100);
  EXPECT_EQ(Check(cut).outcome, Outcome::kUnknown);
}

}  // namespace
}  // namespace harness
