#include "harness/oracle/activity.h"

#include <gtest/gtest.h>

#include "harness/oracle/history_builder.h"

namespace harness {
namespace {

constexpr int64_t kMs = 1'000'000;

struct Made {
  explicit Made(const HistoryBuilder& h) : history(h.Build()), activity(history) {}
  bool Any(int64_t from_ms, int64_t to_ms) const {
    return activity.Any(from_ms * kMs, to_ms * kMs);
  }
  History history;
  Activity activity;
};

TEST(Activity, CallsAreUnderWayBetweenTheirInvokeAndTheirEnd) {
  HistoryBuilder h;
  const Made m(h.At(10).Commit(1, 1, 5));
  EXPECT_FALSE(m.Any(0, 10));
  EXPECT_TRUE(m.Any(0, 11));
  EXPECT_TRUE(m.Any(12, 13));
  EXPECT_TRUE(m.Any(14, 20));
  EXPECT_FALSE(m.Any(15, 20));
}

TEST(Activity, ALongCallIsSeenBehindShortOnes) {
  HistoryBuilder h;
  h.At(10).Process("writer:9").Invoke("exec", Obj({{"sql", "VACUUM"}}));
  h.At(20).Commit(1, 1).At(30).Commit(1, 2).At(100).Process("writer:9").Ok();
  EXPECT_TRUE(Made(h).Any(50, 60));
}

TEST(Activity, WatchingAndBracketsAreNone) {
  HistoryBuilder h;
  h.At(10).Watch("watcher:1", {0}).Quiesce("watcher:1", {}).Ask("watcher:1", "await", {});
  h.Do("runner", "window", Obj(), Obj()).Do("writer:1", "burst", Obj(), Obj());
  h.Do("worker:1", "work", Obj(), Obj()).Do("worker:1", "work_state", Obj(), Obj());
  h.Unwatch("watcher:1").Tell("writer:1", "remark", Obj());
  EXPECT_FALSE(Made(h).Any(0, 1000));
}

TEST(Activity, ACallEndsWithItsProcess) {
  HistoryBuilder h;
  h.At(10).Process("writer:1").Invoke("commit").At(20).Died("writer:1", true);
  EXPECT_TRUE(Made(h).Any(15, 16));
  EXPECT_FALSE(Made(h).Any(20, 30));
}

TEST(Activity, AnExclusiveTransactionLastsFromCallToCall) {
  HistoryBuilder held;
  held.At(10).Do("writer:1", "hold", Obj(), Obj()).At(30);
  held.Do("writer:1", "commit", Obj({{"held", true}}), Obj()).At(50);
  EXPECT_TRUE(Made(held).Any(20, 21));
  EXPECT_FALSE(Made(held).Any(35, 36));

  HistoryBuilder sql;
  sql.At(10).Do("writer:1", "exec", Obj({{"sql", "begin exclusive"}, {"conn", "a"}}), Obj());
  sql.At(15).Do("writer:1", "exec", Obj({{"sql", "COMMIT"}, {"conn", "b"}}), Obj());
  sql.At(30).Do("writer:1", "exec", Obj({{"sql", "commit"}, {"conn", "a"}}), Obj());
  EXPECT_TRUE(Made(sql).Any(20, 21));
  EXPECT_FALSE(Made(sql).Any(35, 36));

  HistoryBuilder deferred;  // shuts nobody out
  deferred.At(10).Do("writer:1", "exec", Obj({{"sql", "BEGIN"}}), Obj());
  EXPECT_FALSE(Made(deferred).Any(20, 21));

  HistoryBuilder killed;
  killed.At(10).Do("writer:1", "hold", Obj(), Obj()).At(30).Died("writer:1", true);
  EXPECT_TRUE(Made(killed).Any(20, 21));
  EXPECT_FALSE(Made(killed).Any(35, 36));
}

}  // namespace
}  // namespace harness
