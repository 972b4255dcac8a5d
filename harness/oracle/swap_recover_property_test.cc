// After a swap and a reopening, random stories of commits pass; every loss in them is found, and so
// are a refusal and a death of what was opened afresh.
#include <gtest/gtest.h>

#include "harness/oracle/property.h"
#include "harness/oracle/swap_recover.h"

namespace harness {
namespace {

constexpr int64_t kBeforeNs = 1'000'000'000;

// A swap that strikes both watching processes; they let go, and then live through a WakeStory.
struct RecoverStory {
  explicit RecoverStory(const Script& script) : after(script) {
    HistoryBuilder before;
    before.Watch("watcher:1", {900}).Watch("watcher:2", {900}).At(10);
    before.Do(
        "runner", "fault", Obj({{"fault", "swap db by=rename_over"}}),
        Obj({{"before", Obj({{"dev", 1}, {"ino", 1}})}, {"after", Obj({{"dev", 1}, {"ino", 2}})}}));
    before.At(100).Dead("watcher:1", 900).Dead("watcher:2", 900);
    before.Unwatch("watcher:1").Unwatch("watcher:2");
    ops = before.ops();
    for (Op op : after.h.ops()) {
      op.t_ns += kBeforeNs;
      op.call += 100;
      if (op.name == "wake") op.value.Set("begin", op.value["begin"].Int() + kBeforeNs);
      ops.push_back(std::move(op));
    }
  }
  WakeStory after;
  Ops ops;
};

Verdict Check(Outcome wanted, const Ops& ops) { return Require(wanted, CheckSwapRecover, ops); }

RC_GTEST_PROP(SwapRecoverProperty, GoodStoriesPass, (const Script& script, const Script& noise)) {
  RecoverStory story(script);
  const int64_t factor = *rc::gen::inRange(1, 1000);
  Check(Outcome::kPass, WithNoise(Scaled(story.ops, factor), noise));
}

RC_GTEST_PROP(SwapRecoverProperty, ADroppedWakeIsALoss, (const Script& script, uint32_t pick)) {
  RecoverStory story(script);
  const Step step = story.after.steps[pick % story.after.steps.size()];
  std::erase_if(story.ops, [&](const Op& op) {
    return IsWake(op, step.process, step.sub) && op.t_ns >= step.invoke_ns + kBeforeNs &&
           op.t_ns < step.quiet_end_ns + kBeforeNs;
  });
  const Verdict v = Check(Outcome::kFail, story.ops);
  RC_ASSERT(v.figures["lost"].Int() >= 1);
}

RC_GTEST_PROP(SwapRecoverProperty, ARefusedReopeningFails, (const Script& script)) {
  RecoverStory story(script);
  const int64_t t_ns = kBeforeNs - 1000;
  story.ops.push_back(Op{t_ns, OpType::kInvoke, 50, "watcher:1", "watch", Obj()});
  story.ops.push_back(Op{t_ns + 1, OpType::kOk, 50, "watcher:1", "watch",
                         Obj({{"outcome", "refused"}, {"error", "no"}})});
  RC_ASSERT(Check(Outcome::kFail, story.ops).figures["refused"].Int() == 1);
}

RC_GTEST_PROP(SwapRecoverProperty, AFreshDeathFails, (const Script& script, uint32_t pick)) {
  RecoverStory story(script);
  const Step step = story.after.steps[pick % story.after.steps.size()];
  story.ops.push_back(Op{step.quiet_end_ns + kBeforeNs, OpType::kEvent, 0, step.process, "dead",
                         Obj({{"sub", step.sub}, {"rc", -1}})});
  RC_ASSERT(Check(Outcome::kFail, story.ops).figures["fresh_deaths"].Int() == 1);
}

RC_GTEST_PROP(SwapRecoverProperty, WithoutASwapOrALettingGoNothingIsJudged,
              (const Script& script, bool swap)) {
  RecoverStory story(script);
  std::erase_if(story.ops, [&](const Op& op) { return op.name == (swap ? "fault" : "unwatch"); });
  Check(Outcome::kUnknown, story.ops);
}

}  // namespace
}  // namespace harness
