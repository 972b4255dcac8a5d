// all_succeed and overtrigger: small oracles, small stories.
#include <gtest/gtest.h>

#include "harness/oracle/all_succeed.h"
#include "harness/oracle/overtrigger.h"
#include "harness/oracle/property.h"

namespace harness {
namespace {

// Processes that begin within the first half of each other's call.
HistoryBuilder Race(const Script& script) {
  HistoryBuilder h;
  for (size_t i = 0; i < script.size() + 2; ++i) {
    const uint8_t byte = i < script.size() ? script[i] : 0;
    h.At(byte % 40).Do("opener:" + std::to_string(i), "open_queue", Obj(), Obj(), 50 + byte % 7);
  }
  return h;
}
const Value& Params() {
  static const Value kParams = Obj({{"op", "open_queue"}});
  return kParams;
}
Verdict CheckRace(Outcome wanted, const Ops& ops) {
  return Require(wanted, CheckAllSucceed, ops, Params());
}

RC_GTEST_PROP(AllSucceedProperty, SuccessPasses, (const Script& script, const Script& noise)) {
  HistoryBuilder h = Race(script);
  const int64_t factor = *rc::gen::inRange(1, 1000);
  const Verdict v = CheckRace(Outcome::kPass, WithNoise(Scaled(h.ops(), factor), noise));
  RC_ASSERT(v.figures["overlapping"].Int() == static_cast<int64_t>(script.size()) + 2);
}

RC_GTEST_PROP(AllSucceedProperty, OneThatDoesNotSucceedIsFound,
              (const Script& script, uint32_t pick)) {
  HistoryBuilder h = Race(script);
  const size_t victim = pick % (h.ops().size() / 2) * 2 + 1;  // ops come in pairs
  const int how = *rc::gen::inRange(0, 3);
  if (how == 2) {
    h.ops().erase(h.ops().begin() + static_cast<std::ptrdiff_t>(victim));
  } else {
    h.ops()[victim].type = how == 0 ? OpType::kFail : OpType::kInfo;
    h.ops()[victim].value = Obj({{"code", 5}, {"message", "database is locked"}});
  }
  CheckRace(Outcome::kFail, h.ops());
}

RC_GTEST_PROP(AllSucceedProperty, CallsOneAfterAnotherAreNoRace, (const Script& script)) {
  HistoryBuilder h;
  for (size_t i = 0; i < script.size() + 2; ++i) {
    h.After(1).Do("opener:" + std::to_string(script.size() ? script[i % script.size()] : i),
                  "open_queue", Obj(), Obj());
  }
  CheckRace(Outcome::kUnknown, h.ops());
}

RC_GTEST_PROP(OvertriggerProperty, StoriesPassUntilOneSubscriberIsStopped,
              (const Script& script, uint32_t pick, bool stopped)) {
  WakeStory story(script);
  Ops ops = story.h.ops();
  if (stopped) {
    const Op& at = ops[pick % ops.size()];
    ops.push_back(Op{at.t_ns, OpType::kEvent, 0, "watcher:1", "overtrigger",
                     Obj({{"sub", 0}, {"wakes", 1000}})});
  }
  Require(stopped ? Outcome::kFail : Outcome::kPass, CheckOvertrigger, ops);
}

RC_GTEST_PROP(OvertriggerProperty, WithoutWakesThereIsNoEvidence, (const Script& script)) {
  WakeStory story(script);
  std::erase_if(story.h.ops(), [](const Op& op) { return op.name == "wake"; });
  Require(Outcome::kUnknown, CheckOvertrigger, story.h.ops());
}

}  // namespace
}  // namespace harness
