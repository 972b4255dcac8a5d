// Writers that succeed and locks that stay pass; a failed commit, a byte of a lock that is gone and
// a checkpoint that was held back are found.
#include <gtest/gtest.h>

#include "harness/oracle/locks.h"
#include "harness/oracle/no_harm.h"
#include "harness/oracle/property.h"

namespace harness {
namespace {

constexpr char kW[] = "watcher:1";

Value ToValue(const Lock& lock) {
  return Obj({{"file", lock.file},
              {"mode", lock.write ? "write" : "read"},
              {"start", lock.start},
              {"end", lock.end}});
}

// The same bytes as the kernel may show them: split in two, or as strong or stronger.
std::vector<Lock> Reshaped(const Lock& lock, uint8_t how) {
  Lock first = lock;
  first.write |= how & 1;
  if (!(how & 2) || lock.end == lock.start) return {first};
  Lock second = first;
  first.end = lock.start + how % (lock.end - lock.start);
  second.start = first.end + 1;
  if (!lock.write) second.write = how & 4;
  return {second, first};
}

// Commits with and without a watcher, and locks before and after, one a byte.
struct HarmStory {
  explicit HarmStory(Script script) {
    if (script.empty()) script = {0};
    h.Commit(1, 1).Watch(kW, {0});
    std::vector<Value> before;
    std::vector<Value> after;
    for (size_t i = 0; i < script.size(); ++i) {
      const auto start = 10 + static_cast<int64_t>(i) * 1000;
      const Lock lock{i % 2 ? "db" : "shm", (script[i] & 8) != 0, start, start + script[i] % 50};
      before.push_back(ToValue(lock));
      for (const Lock& now : Reshaped(lock, script[i])) after.push_back(ToValue(now));
    }
    Record("before", before);
    for (size_t i = 0; i < script.size(); ++i) h.After(1).Commit(1, static_cast<int64_t>(i) + 2);
    Record("after", after);
    h.After(1).Do("writer:1", "exec", Obj({{"sql", "PRAGMA wal_checkpoint(TRUNCATE)"}}),
                  Obj({{"rows", List({List({0, 9, 9})})}}));
  }
  void Record(const char* when, std::vector<Value> locks) {
    h.After(1).Tell(
        "runner", "locks",
        Obj({{"process", kW}, {"pid", 1}, {"when", when}, {"locks", List(std::move(locks))}}));
  }
  HistoryBuilder h;
};

Verdict Check(Outcome wanted, const Ops& ops) {
  return Require(wanted, CheckNoHarm, ops, Obj({{"checkpoint", true}}));
}
bool IsAfter(const Op& op) { return op.name == "locks" && op.value["when"].Text() == "after"; }

RC_GTEST_PROP(NoHarmProperty, HarmlessStoriesPassHoweverSlow,
              (const Script& script, const Script& noise)) {
  HarmStory story(script);
  const int64_t factor = *rc::gen::inRange(1, 1000);
  Check(Outcome::kPass, WithNoise(Scaled(story.h.ops(), factor), noise));
}

RC_GTEST_PROP(NoHarmProperty, AFailedCommitIsFound,
              (const Script& script, uint32_t pick, bool doubt)) {
  HarmStory story(script);
  std::vector<Op*> commits;
  for (Op& op : story.h.ops()) {
    if (op.name == "commit" && op.type == OpType::kOk) commits.push_back(&op);
  }
  Op& victim = *commits[1 + pick % (commits.size() - 1)];  // the first one was alone
  victim.type = doubt ? OpType::kInfo : OpType::kFail;
  victim.value = Obj({{"code", doubt ? 778 : 5}});
  RC_ASSERT(Check(Outcome::kFail, story.h.ops()).figures["failed"].Int() == 1);
}

RC_GTEST_PROP(NoHarmProperty, ALostLockIsFound, (const Script& script, uint32_t pick)) {
  HarmStory story(script);
  Change(story.h.ops(), IsAfter, [&](Op& op) {
    Value::Array locks = op.value["locks"].items();
    locks.erase(locks.begin() + static_cast<std::ptrdiff_t>(pick % locks.size()));
    op.value.Set("locks", Value(locks));
  });
  RC_ASSERT(Check(Outcome::kFail, story.h.ops()).figures["locks_lost"].Int() == 1);
}

RC_GTEST_PROP(NoHarmProperty, AByteOfALockIsALock,
              (const Script& script, uint32_t pick, bool front)) {
  HarmStory story(script);
  Change(story.h.ops(), IsAfter, [&](Op& op) {
    Value::Array locks = op.value["locks"].items();
    Value& victim = locks[pick % locks.size()];
    if (front) {
      victim.Set("start", victim["start"].Int() + 1);
    } else {
      victim.Set("end", victim["end"].Int() - 1);
    }
    op.value.Set("locks", Value(locks));
  });
  RC_ASSERT(Check(Outcome::kFail, story.h.ops()).figures["locks_lost"].Int() == 1);
}

RC_GTEST_PROP(NoHarmProperty, AWriteLockThatIsOnlyAReadLockIsLost, (const Script& script)) {
  Script strong = script.empty() ? Script{0} : script;
  for (uint8_t& byte : strong) byte |= 8;
  HarmStory story(strong);
  Change(story.h.ops(), IsAfter, [&](Op& op) {
    Value::Array locks = op.value["locks"].items();
    locks[0].Set("mode", "read");
    op.value.Set("locks", Value(locks));
  });
  RC_ASSERT(Check(Outcome::kFail, story.h.ops()).figures["locks_lost"].Int() == 1);
}

RC_GTEST_PROP(NoHarmProperty, AHinderedCheckpointIsFound, (const Script& script, bool busy)) {
  HarmStory story(script);
  story.h.ops().back().value.Set("rows", List({List({busy ? 1 : 0, 9, busy ? 9 : 8})}));
  Check(Outcome::kFail, story.h.ops());
}

RC_GTEST_PROP(NoHarmProperty, EachMissingPieceOfEvidenceIsUnknown, (const Script& script)) {
  const int piece = *rc::gen::inRange(0, 4);
  HarmStory story(script);
  std::erase_if(story.h.ops(), [&](const Op& op) {
    if (piece == 0) return IsAfter(op);
    if (piece == 1) return op.name == "locks" && !IsAfter(op);
    if (piece == 2) return op.name == "watch";
    return op.name == "exec";
  });
  Check(Outcome::kUnknown, story.h.ops());
}

}  // namespace
}  // namespace harness
