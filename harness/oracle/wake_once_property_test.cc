// Stepped stories pass; a missing wake and one too many are found in each of them.
#include <gtest/gtest.h>

#include "harness/oracle/property.h"
#include "harness/oracle/wake_once.h"

namespace harness {
namespace {

Verdict Check(Outcome wanted, const Ops& ops) { return Require(wanted, CheckWakeOnce, ops); }

RC_GTEST_PROP(WakeOnceProperty, SteppedStoriesPass, (const Script& script, const Script& noise)) {
  WakeStory story(script, /*stepped=*/true);
  const int64_t factor = *rc::gen::inRange(1, 1000);
  const Verdict v = Check(Outcome::kPass, WithNoise(Scaled(story.h.ops(), factor), noise));
  RC_ASSERT(v.figures["missed"].Int() + v.figures["doubled"].Int() == 0);
}

// Wakes of one step: none of them may be missing, none may come twice.
bool Hits(const Step& step, const Op& op) {
  return IsWake(op, step.process, step.sub) && op.t_ns >= step.invoke_ns &&
         op.t_ns < step.quiet_end_ns;
}

RC_GTEST_PROP(WakeOnceProperty, ADroppedWakeIsMissed, (const Script& script, uint32_t pick)) {
  WakeStory story(script, /*stepped=*/true);
  const Step step = story.steps[pick % story.steps.size()];
  std::erase_if(story.h.ops(), [&](const Op& op) { return Hits(step, op); });
  const Verdict v = Check(Outcome::kFail, story.h.ops());
  RC_ASSERT(v.figures["missed"].Int() == 1);
  RC_ASSERT(v.figures["doubled"].Int() == 0);
}

RC_GTEST_PROP(WakeOnceProperty, ASecondWakeIsDoubled, (const Script& script, uint32_t pick)) {
  WakeStory story(script, /*stepped=*/true);
  const Step step = story.steps[pick % story.steps.size()];
  Ops ops = story.h.ops();
  for (const Op& op : story.h.ops()) {
    if (!Hits(step, op)) continue;
    Op again = op;
    again.t_ns = *rc::gen::inRange(op.t_ns, step.quiet_end_ns);
    ops.push_back(again);
  }
  const Verdict v = Check(Outcome::kFail, ops);
  // One that comes twice after a commit in doubt may be that commit's; this one never is.
  RC_ASSERT(v.figures["doubled"].Int() == 1);
}

RC_GTEST_PROP(WakeOnceProperty, WithoutQuiesceNothingIsJudged, (const Script& script)) {
  WakeStory story(script, /*stepped=*/true);
  std::erase_if(story.h.ops(), [](const Op& op) { return op.name == "quiesce"; });
  Check(Outcome::kUnknown, story.h.ops());
}

RC_GTEST_PROP(WakeOnceProperty, CoalescedStoriesAreNeverMissed, (const Script& script)) {
  // Free stories hold bursts and spurious wakes: the first may not count as missed, nor fewer wakes
  // than commits as anything at all.
  WakeStory story(script);
  std::erase_if(story.h.ops(),
                [](const Op& op) { return op.type == OpType::kInfo || op.type == OpType::kFail; });
  const Verdict v = CheckWakeOnce(story.h.Build(), {});
  RC_ASSERT(v.figures["missed"].Int() == 0);
}

}  // namespace
}  // namespace harness
