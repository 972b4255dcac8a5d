#include "harness/oracle/no_harm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/history_builder.h"
#include "harness/oracle/locks.h"

namespace harness {
namespace {

using ::testing::HasSubstr;

constexpr char kW[] = "watcher:1";

Verdict Check(const HistoryBuilder& h, Value params = Obj()) {
  return CheckNoHarm(h.Build(), Expectation{std::move(params)});
}

Value LockOf(const char* file, const char* mode, int64_t start, int64_t end) {
  return Obj({{"file", file}, {"mode", mode}, {"start", start}, {"end", end}});
}
HistoryBuilder& Locks(HistoryBuilder& h, const char* when, std::vector<Value> locks, int pid = 1) {
  return h.After(1).Tell(
      "runner", "locks",
      Obj({{"process", kW}, {"pid", pid}, {"when", when}, {"locks", List(std::move(locks))}}));
}

const Value kShared = LockOf("db", "read", 1'073'741'826, 1'073'742'335);
const Value kReader = LockOf("shm", "read", 124, 124);

// Commits before and under a watcher; locks that stay.
HistoryBuilder Harmless() {
  HistoryBuilder h;
  h.Commit(1, 1, 2).Watch(kW, {0});
  Locks(h, "before", {kShared, kReader});
  h.Commit(1, 2, 3);
  return Locks(h, "after", {kReader, kShared});
}

TEST(NoHarm, PassesWhereNothingFailsAndNoLockIsLost) {
  const Verdict v = Check(Harmless());
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["commit_alone_max_us"].Number(), 2000.0);
  EXPECT_EQ(v.figures["commit_watched_max_us"].Number(), 3000.0);
  EXPECT_EQ(v.figures["locks_before"].Int(), 2);
}

TEST(NoHarm, AFailedCommitUnderAWatcherFails) {
  HistoryBuilder h = Harmless();
  h.Commit(1, 3, 1, OpType::kFail);
  const Verdict v = Check(h);
  ASSERT_EQ(v.outcome, Outcome::kFail);
  EXPECT_EQ(v.figures["busy"].Int(), 1);
  EXPECT_THAT(v.proof.back().sentence, HasSubstr("database is locked"));
  EXPECT_EQ(Check(h, Obj({{"max_failed", 1}})).outcome, Outcome::kPass);
}

TEST(NoHarm, FailuresBeforeTheWatcherAndDoubtOfTheKilledAreNotItsDoing) {
  HistoryBuilder h;
  h.Commit(1, 9, 1, OpType::kFail);
  HistoryBuilder harmless = Harmless();
  for (Op op : harmless.ops()) {
    op.t_ns += 100'000'000;
    h.ops().push_back(op);
  }
  h.At(500).Commit(1, 10, 1, OpType::kInfo);
  const Verdict v = Check(h);
  EXPECT_EQ(v.outcome, Outcome::kPass) << v.reason;
  EXPECT_EQ(v.figures["failed_alone"].Int(), 1);
  h.Process("writer:1").Invoke("commit", Obj({{"writer", 1}, {"seq", 11}})).After(1);
  h.Info(Obj({{"code", 778}, {"message", "disk I/O error"}}));
  EXPECT_EQ(Check(h).outcome, Outcome::kFail);
}

TEST(NoHarm, ALostLockFailsAndIsNamed) {
  HistoryBuilder h;
  h.Watch(kW, {0}).Commit(1, 1);
  Locks(h, "before", {kShared, kReader});
  Locks(h, "after", {kShared});
  const Verdict v = Check(h);
  ASSERT_EQ(v.outcome, Outcome::kFail);
  EXPECT_THAT(v.proof.front().sentence, HasSubstr("read lock on shm, bytes 124..124"));
  EXPECT_EQ(Check(h, Obj({{"locks", false}})).outcome, Outcome::kPass);
}

TEST(NoHarm, LocksNeedEvidenceOfTheSameProcess) {
  HistoryBuilder none;
  none.Watch(kW, {0}).Commit(1, 1);
  EXPECT_THAT(Check(none).reason, HasSubstr("no locks event"));
  HistoryBuilder empty = none;
  Locks(Locks(empty, "before", {}), "after", {});
  EXPECT_THAT(Check(empty).reason, HasSubstr("no lock was held"));
  HistoryBuilder other = none;
  Locks(Locks(other, "before", {kShared}, 1), "after", {}, 2);
  EXPECT_EQ(Check(other).outcome, Outcome::kUnknown);
}

TEST(NoHarm, UnknownWithoutACommitUnderAWatcher) {
  HistoryBuilder h;
  h.Commit(1, 1).Watch(kW, {0});
  Locks(Locks(h, "before", {kShared}), "after", {kShared});
  EXPECT_THAT(Check(h).reason, HasSubstr("no commit"));
}

TEST(NoHarm, TheLastCheckpointHasToBeComplete) {
  const Value params = Obj({{"checkpoint", true}});
  const auto with = [](std::vector<std::vector<Value>> answers) {
    HistoryBuilder h = Harmless();
    for (const auto& answer : answers) {
      h.After(1).Do("writer:1", "exec", Obj({{"sql", "pragma WAL_CHECKPOINT(TRUNCATE)"}}),
                    Obj({{"rows", List({List(answer)})}}));
    }
    return h;
  };
  EXPECT_EQ(Check(with({{0, 7, 7}}), params).outcome, Outcome::kPass);
  EXPECT_EQ(Check(with({{1, 7, 3}, {0, 0, 0}}), params).outcome, Outcome::kPass);
  EXPECT_EQ(Check(with({{0, 7, 7}, {1, 7, 7}}), params).outcome, Outcome::kFail);
  EXPECT_EQ(Check(with({{0, 7, 3}}), params).outcome, Outcome::kFail);
  EXPECT_EQ(Check(with({{0, -1, -1}}), params).outcome, Outcome::kUnknown);
  EXPECT_EQ(Check(Harmless(), params).outcome, Outcome::kUnknown);
  EXPECT_EQ(Check(with({{1, 7, 3}})).outcome, Outcome::kPass);  // not asked for
}

TEST(Locks, EveryByteHasToBeCoveredByALockAsStrong) {
  const auto lost = [](Lock before, std::vector<Lock> after) {
    return !Missing({std::move(before)}, after).empty();
  };
  const Lock read{"db", false, 10, 20};
  const Lock write{"db", true, 10, 20};
  EXPECT_FALSE(lost(read, {read}));
  EXPECT_FALSE(lost(read, {write}));
  EXPECT_TRUE(lost(write, {read}));
  EXPECT_TRUE(lost(read, {}));
  EXPECT_TRUE(lost(read, {{"wal", false, 10, 20}}));
  EXPECT_FALSE(lost(read, {{"db", false, 0, INT64_MAX}}));
  EXPECT_FALSE(lost(read, {{"db", true, 15, 20}, {"db", false, 5, 14}}));  // split by an upgrade
  EXPECT_TRUE(lost(read, {{"db", false, 10, 14}, {"db", false, 16, 20}}));
  EXPECT_TRUE(lost(read, {{"db", false, 10, 19}}));
  EXPECT_TRUE(lost(read, {{"db", false, 11, 20}}));
}

}  // namespace
}  // namespace harness
