// Good stories pass however slow or noisy; every kind of harm that wake_seen claims to detect is
// detected in every story.
#include <gtest/gtest.h>

#include "harness/oracle/property.h"
#include "harness/oracle/wake_seen.h"

namespace harness {
namespace {

Verdict Check(Outcome wanted, const Ops& ops) { return Require(wanted, CheckWakeSeen, ops); }

struct Victim {
  Ops ops;
  Step step;
  // The wakes that may have shown the commit before silence was proved.
  bool Hits(const Op& op) const {
    return IsWake(op, step.process, step.sub) && op.t_ns >= step.invoke_ns &&
           op.t_ns < step.quiet_end_ns;
  }
};

// A good story and one of its steps.
Victim Choose(const Script& script, uint32_t pick) {
  WakeStory story(script);
  return {story.h.ops(), story.steps[pick % story.steps.size()]};
}

RC_GTEST_PROP(WakeSeenProperty, GoodStoriesPass, (const Script& script)) {
  WakeStory story(script);
  const Verdict v = Check(Outcome::kPass, story.h.ops());
  RC_ASSERT(v.figures["judged"].Int() >= static_cast<int64_t>(story.steps.size()));
}

RC_GTEST_PROP(WakeSeenProperty, SlownessAndNoiseChangeNothing,
              (const Script& script, const Script& noise)) {
  WakeStory story(script);
  const int64_t factor = *rc::gen::inRange(2, 1000);
  Check(Outcome::kPass, WithNoise(Scaled(story.h.ops(), factor), noise));
}

RC_GTEST_PROP(WakeSeenProperty, ADroppedWakeIsALoss, (const Script& script, uint32_t pick)) {
  Victim victim = Choose(script, pick);
  RC_ASSERT(std::erase_if(victim.ops, [&](const Op& op) { return victim.Hits(op); }) > 0);
  const Verdict v = Check(Outcome::kFail, victim.ops);
  RC_ASSERT(v.figures["lost"].Int() >= 1);
  const History history = History::FromOps(victim.ops);
  RC_ASSERT(history.ops()[v.proof.back().op].name == "quiesce");
}

RC_GTEST_PROP(WakeSeenProperty, AStaleRereadIsALoss, (const Script& script, uint32_t pick)) {
  Victim victim = Choose(script, pick);
  Change(
      victim.ops, [&](const Op& op) { return victim.Hits(op); },
      [&](Op& op) {
        Value seen = op.value["seen"];
        op.value.Set("seen", seen.Set(victim.step.writer, victim.step.seq - 1));
      });
  Check(Outcome::kFail, victim.ops);
}

RC_GTEST_PROP(WakeSeenProperty, ARereadBegunBeforeTheCommitIsNoSighting,
              (const Script& script, uint32_t pick)) {
  Victim victim = Choose(script, pick);
  Change(
      victim.ops, [&](const Op& op) { return victim.Hits(op); },
      [&](Op& op) { op.value.Set("begin", victim.step.invoke_ns - 1); });
  Check(Outcome::kFail, victim.ops);
}

RC_GTEST_PROP(WakeSeenProperty, AWakeAfterTheProofOfSilenceIsALoss,
              (const Script& script, uint32_t pick)) {
  Victim victim = Choose(script, pick);
  Change(
      victim.ops, [&](const Op& op) { return victim.Hits(op); },
      [&](Op& op) {
        op.t_ns = victim.step.quiet_end_ns;
        op.value.Set("begin", op.t_ns).Set("end", op.t_ns + 1);
      });
  Check(Outcome::kFail, victim.ops);
}

RC_GTEST_PROP(WakeSeenProperty, WithoutProofOfSilenceNothingIsLost,
              (const Script& script, uint32_t pick)) {
  Victim victim = Choose(script, pick);
  // Every wake of the subscriber from the commit on is gone, and no quiesce proves anything.
  std::erase_if(victim.ops, [&](const Op& op) {
    return IsWake(op, victim.step.process, victim.step.sub) && op.t_ns >= victim.step.invoke_ns;
  });
  Change(
      victim.ops, [](const Op& op) { return op.name == "quiesce" && op.type == OpType::kOk; },
      [](Op& op) {
        Value subs = Value::MakeArray();
        for (Value sub : op.value["subs"].items()) subs.Append(sub.Set("result", "limit"));
        op.value.Set("subs", subs);
      });
  const Verdict v = Check(Outcome::kUnknown, victim.ops);
  RC_ASSERT(v.figures["lost"].Int() == 0);
}

RC_GTEST_PROP(WakeSeenProperty, AFailedRereadIsNeverALoss, (const Script& script, uint32_t pick)) {
  Victim victim = Choose(script, pick);
  const size_t failed = Change(
      victim.ops, [&](const Op& op) { return victim.Hits(op); },
      [](Op& op) {
        op.value = Obj({{"sub", op.value["sub"]},
                        {"begin", op.value["begin"]},
                        {"error", Obj({{"code", 5}})}});
      });
  const Verdict v = Check(Outcome::kUnknown, victim.ops);
  RC_ASSERT(v.figures["lost"].Int() == 0);
  RC_ASSERT(v.figures["reread_errors"].Int() == static_cast<int64_t>(failed));
}

RC_GTEST_PROP(WakeSeenProperty, LossesAreCountedOncePerSubscriberAndCommit,
              (const Script& script)) {
  WakeStory story(script);
  Ops ops = story.h.ops();
  std::erase_if(ops, [](const Op& op) { return op.name == "wake"; });
  const Verdict v = Check(Outcome::kFail, ops);
  RC_ASSERT(v.figures["lost"].Int() == static_cast<int64_t>(story.steps.size()));
}

}  // namespace
}  // namespace harness
