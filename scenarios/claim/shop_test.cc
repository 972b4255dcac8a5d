#include "scenarios/claim/shop.h"

#include <gtest/gtest.h>

#include "harness/oracle/history_builder.h"

namespace scenarios::claim {
namespace {

using harness::HistoryBuilder;
using harness::Obj;
using harness::Outcome;

constexpr int64_t kNow = 1000;
constexpr int64_t kLease = 1;

Value Asleep(int64_t sleep, int64_t looks, int64_t slices, int64_t until = 0) {
  return Obj({{"asleep", true},
              {"until", until},
              {"sleep", sleep},
              {"looks", looks},
              {"rests", 2 * looks},
              {"slices", slices}});
}

bool Add(SilenceProof& proof, const std::vector<Value>& states) {
  return proof.Add(states, kNow, kLease);
}

TEST(SilenceProof, NeedsLooksAndAfterThemAWait) {
  SilenceProof proof;
  EXPECT_FALSE(Add(proof, {Asleep(1, 10, 5)}));
  EXPECT_FALSE(Add(proof, {Asleep(1, 12, 50)}));  // too few looks, however long it waited
  EXPECT_FALSE(Add(proof, {Asleep(1, 13, 50)}));  // now the watcher has looked
  EXPECT_FALSE(Add(proof, {Asleep(1, 99, 51)}));  // that wait may have begun before the last look
  EXPECT_TRUE(Add(proof, {Asleep(1, 99, 52)}));
  EXPECT_FALSE(Add(proof, {Asleep(1, 99, 99)}));  // each proof is one of its own
}

TEST(SilenceProof, AThreadThatIsStillAtWorkMayBringAWake) {
  SilenceProof proof;
  EXPECT_FALSE(Add(proof, {Asleep(1, 10, 5)}));
  Value busy = Asleep(1, 99, 50);
  busy.Set("rests", 23);
  EXPECT_FALSE(Add(proof, {busy}));
  busy.Set("slices", 99);
  EXPECT_FALSE(Add(proof, {busy}));
  EXPECT_FALSE(Add(proof, {busy.Set("rests", 24)}));
  EXPECT_TRUE(Add(proof, {busy.Set("slices", 101)}));
}

TEST(SilenceProof, EveryWorkerHasToBeProved) {
  SilenceProof proof;
  EXPECT_FALSE(Add(proof, {Asleep(1, 0, 0), Asleep(1, 0, 0)}));
  EXPECT_FALSE(Add(proof, {Asleep(1, 9, 9), Asleep(1, 1, 9)}));
  EXPECT_FALSE(Add(proof, {Asleep(1, 9, 9), Asleep(1, 9, 9)}));
  EXPECT_FALSE(Add(proof, {Asleep(1, 9, 11), Asleep(1, 9, 9)}));
  EXPECT_TRUE(Add(proof, {Asleep(1, 9, 11), Asleep(1, 9, 11)}));
}

TEST(SilenceProof, StartsAnewWhenAnybodyStirs) {
  const Value awake = Obj({{"asleep", false}});
  for (const Value& stir : {awake, Asleep(2, 20, 1), Asleep(1, 20, 20, kNow + 1)}) {
    SilenceProof proof;
    EXPECT_FALSE(Add(proof, {Asleep(1, 0, 0)}));
    EXPECT_FALSE(Add(proof, {Asleep(1, 5, 5)}));
    EXPECT_FALSE(Add(proof, {stir}));
    EXPECT_FALSE(Add(proof, {Asleep(2, 21, 9)}));
    EXPECT_FALSE(Add(proof, {Asleep(2, 30, 9)}));
    EXPECT_TRUE(Add(proof, {Asleep(2, 30, 11)}));
  }
}

TEST(SilenceProof, ADeadlineBeyondEveryLeaseIsNone) {
  SilenceProof proof;
  const int64_t far = kNow + 1'000;
  EXPECT_FALSE(Add(proof, {Asleep(1, 0, 0, far)}));
  EXPECT_FALSE(Add(proof, {Asleep(1, 3, 0, far)}));
  EXPECT_TRUE(Add(proof, {Asleep(1, 3, 2, far)}));
}

HistoryBuilder Slept(const std::string& woken_by) {
  HistoryBuilder h;
  h.Tell("worker:1", "sleep", Obj({{"until", 0}, {"woken_by", woken_by}}));
  return h;
}

TEST(NotOverslept, AWakeIsTheEvidence) {
  EXPECT_EQ(CheckNotOverslept(Slept("wake").Build(), {}).outcome, Outcome::kPass);
  EXPECT_EQ(CheckNotOverslept(Slept("deadline").Build(), {}).outcome, Outcome::kUnknown);
  EXPECT_EQ(CheckNotOverslept(Slept("stop").Build(), {}).outcome, Outcome::kUnknown);
}

TEST(NotOverslept, ANudgeIsTheProof) {
  HistoryBuilder h = Slept("wake");
  h.Tell("runner", "nudge", Obj({{"live", harness::List({7})}}));
  const harness::Verdict verdict = CheckNotOverslept(h.Build(), {});
  EXPECT_EQ(verdict.outcome, Outcome::kFail);
  EXPECT_EQ(verdict.proof.size(), 1U);
}

}  // namespace
}  // namespace scenarios::claim
