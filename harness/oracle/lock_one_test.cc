#include "harness/oracle/lock_one.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/call_builder.h"

namespace harness {
namespace {

using ::testing::HasSubstr;

struct Locks : CallBuilder {
  Locks& Acquire(const std::string& owner, int64_t answer, int64_t ttl = 10) {
    Call(owner, "honker_lock_acquire", {"l", owner, ttl}, answer);
    return *this;
  }
  Locks& Renew(const std::string& owner, int64_t answer, int64_t ttl = 10) {
    Call(owner, "honker_lock_renew", {"l", owner, ttl}, answer);
    return *this;
  }
  Locks& Release(const std::string& owner, int64_t answer) {
    Call(owner, "honker_lock_release", {"l", owner}, answer);
    return *this;
  }
  Locks& Later(int64_t second) {
    At(second);
    return *this;
  }
  Verdict Check() const { return CheckLockOne(h.Build(), {}); }
  std::string Reason() const {
    const Verdict v = Check();
    EXPECT_EQ(v.outcome, Outcome::kFail) << v.reason;
    EXPECT_FALSE(v.proof.empty());
    return v.reason;
  }
};

// Everything that a verdict needs: a refusal, and a lock that frees by its time.
Locks Good() {
  Locks l;
  l.Acquire("a", 1).Acquire("b", 0).Renew("b", 0).Release("b", 0);
  l.Later(1005).Acquire("a", 1).Release("a", 1).Acquire("b", 1, 2);
  l.Later(1007).Acquire("c", 1).Renew("b", 0).Release("b", 0).Renew("c", 1);
  return l;
}

TEST(LockOne, PassesWhereThereIsOneHolder) {
  const Verdict v = Good().Check();
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["grants"].Int(), 4);
  EXPECT_EQ(v.figures["freed"].Int(), 1);
}

TEST(LockOne, TwoHoldersAreFound) {
  EXPECT_EQ(Locks().Acquire("a", 1).Acquire("b", 1).Reason(), "b is granted a lock that a holds");
  EXPECT_EQ(Locks().Acquire("a", 1).Later(1009).Acquire("b", 1).Reason(),
            "b is granted a lock that a holds");
  EXPECT_EQ(Good().Acquire("a", 1).Reason(), "a is granted a lock that c holds");
}

TEST(LockOne, OfTwoAtOnceOneIsGranted) {
  for (const bool both : {false, true}) {
    Locks l;
    l.Begin("a", "honker_lock_acquire", {"l", "a", 10});
    l.Begin("b", "honker_lock_acquire", {"l", "b", 10});
    l.End("a", both ? 1 : 0).End("b", 1);  // the refusal comes back before the grant does
    if (both) {
      EXPECT_EQ(l.Reason(), "b is granted a lock that a holds");
    } else {
      EXPECT_EQ(l.Check().outcome, Outcome::kUnknown) << l.Check().reason;
      EXPECT_EQ(l.Check().figures["overlapping"].Int(), 1);
    }
  }
}

TEST(LockOne, AReleaseThatIsUnderWayMayHaveFreedIt) {
  Locks l;
  l.Acquire("a", 1);
  l.Begin("a", "honker_lock_release", {"l", "a"});
  l.Acquire("b", 1);
  l.End("a", 1);
  EXPECT_EQ(l.Check().outcome, Outcome::kUnknown) << l.Check().reason;
  Locks in_vain;
  in_vain.Acquire("a", 1);
  in_vain.Begin("a", "honker_lock_release", {"l", "a"});
  in_vain.Acquire("b", 1);
  in_vain.End("a", 0);
  EXPECT_EQ(in_vain.Reason(), "b is granted a lock that a holds");
}

TEST(LockOne, OnlyALiveHolderRenewsAndReleases) {
  EXPECT_EQ(Locks().Renew("a", 1).Reason(), "a renews a lock that it does not hold");
  EXPECT_EQ(Locks().Acquire("a", 1).Later(1010).Renew("a", 1).Reason(),
            "a renews a lock that it does not hold");
  EXPECT_EQ(Locks().Acquire("a", 1).Release("a", 1).Renew("a", 1).Reason(),
            "a renews a lock that it does not hold");
  EXPECT_EQ(Locks().Release("a", 1).Reason(), "a releases a lock that it does not hold");
  EXPECT_EQ(Locks().Acquire("a", 1).Renew("a", 0).Reason(), "a is refused a lock that it holds");
  EXPECT_EQ(Locks().Acquire("a", 1).Acquire("a", 0).Reason(), "a is refused a lock that it holds");
  EXPECT_EQ(Locks().Acquire("a", 1).Release("a", 0).Reason(),
            "a cannot release the lock that it holds");
}

TEST(LockOne, AFreeLockIsGiven) {
  EXPECT_EQ(Locks().Acquire("a", 0).Reason(), "a is refused a lock that nobody holds");
  EXPECT_EQ(Locks().Acquire("a", 1).Later(1010).Acquire("b", 0).Reason(),
            "b is refused a lock that nobody holds");
  EXPECT_EQ(Locks().Acquire("a", 1).Release("a", 1).Acquire("b", 0).Reason(),
            "b is refused a lock that nobody holds");
}

TEST(LockOne, AnAcquireByTheHolderMovesNothingAndARenewDoes) {
  Locks again;
  again.Acquire("a", 1).Later(1005).Acquire("a", 1).Later(1012).Acquire("b", 1);
  EXPECT_EQ(again.Check().outcome, Outcome::kUnknown) << again.Check().reason;
  EXPECT_EQ(Locks().Acquire("a", 1).Later(1005).Renew("a", 1).Later(1012).Acquire("b", 1).Reason(),
            "b is granted a lock that a holds");
}

TEST(LockOne, NothingIsSaidWithoutEvidenceOrInDoubt) {
  EXPECT_EQ(CheckLockOne(HistoryBuilder().Build(), {}).outcome, Outcome::kUnknown);
  EXPECT_THAT(Locks().Acquire("a", 1).Check().reason, HasSubstr("nobody was refused"));
  EXPECT_THAT(Locks().Acquire("a", 1).Acquire("b", 0).Check().reason, HasSubstr("became free"));
  Locks doubt;
  doubt.Begin("a", "honker_lock_acquire", {"l", "a", 10});
  doubt.h.Kill("a").Died("a", true);
  doubt.Acquire("b", 0).Later(1010).Acquire("b", 1);
  EXPECT_EQ(doubt.Check().outcome, Outcome::kUnknown) << doubt.Check().reason;
}

TEST(LockOne, ACallThatFailsIsFound) {
  Locks l = Good();
  l.Begin("a", "honker_lock_acquire", {"l", "a", 10}).Fails("a", "database is locked");
  EXPECT_THAT(l.Reason(), HasSubstr("honker_lock_acquire fails: database is locked"));
}

}  // namespace
}  // namespace harness
