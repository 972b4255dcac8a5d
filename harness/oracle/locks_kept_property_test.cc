// Whatever the processes do and however slowly: without a loss they pass, and a loss put anywhere
// is found, as that of the op in which it happened.
#include <gtest/gtest.h>

#include "harness/oracle/locks_kept.h"
#include "harness/oracle/property.h"

namespace harness {
namespace {

// Two processes, one op at a time, some with ops inside; looks at the end.
struct LocksStory {
  explicit LocksStory(Script script) {
    if (script.empty()) script = {0};
    for (const uint8_t step : script) {
      const char* process = step % 2 != 0 ? "writer:1" : "watcher:1";
      h.Process(process).After(1).Invoke("burst");
      for (int i = 0; i < step % 4; ++i) h.After(1).Invoke("commit").After(1).Ok();
      h.After(1).Ok();
    }
    for (const char* process : {"writer:1", "watcher:1"}) {
      h.After(1).Tell("runner", "locks_looked",
                      Obj({{"process", process}, {"looks", 3}, {"judged", 2}, {"granted", 9}}));
    }
  }
  HistoryBuilder h;
};

bool IsInvoke(const Op& op) { return op.type == OpType::kInvoke; }

RC_GTEST_PROP(LocksKeptProperty, StoriesWithoutALossPassHoweverSlow,
              (const Script& script, const Script& noise)) {
  LocksStory story(script);
  const int64_t factor = *rc::gen::inRange(1, 1000);
  Require(Outcome::kPass, CheckLocksKept, WithNoise(Scaled(story.h.ops(), factor), noise));
}

RC_GTEST_PROP(LocksKeptProperty, ALossAnywhereIsFoundInItsOp,
              (const Script& script, uint32_t pick, bool own, bool with_call)) {
  LocksStory story(script);
  Ops& ops = story.h.ops();
  std::vector<size_t> invokes;
  for (size_t i = 0; i < ops.size(); ++i) {
    if (IsInvoke(ops[i])) invokes.push_back(i);
  }
  const Op& victim = ops[invokes[pick % invokes.size()]];
  Value value = Obj(
      {{"file", "app.db"}, {"locks", List({Obj({{"mode", "read"}, {"start", 1}, {"end", -1}})})}});
  if (!own) value.Set("process", victim.process).Set("seen", true);
  if (with_call) value.Set("by", Obj({{"call", "close(3)"}, {"caller", "/l.so+0x1"}}));
  const Op loss{victim.t_ns + 1,
                OpType::kEvent,
                0,
                own ? victim.process : "runner",
                own ? "lock_missing" : "lock_lost",
                std::move(value)};
  const std::string name = victim.name;
  const int64_t t_ns = victim.t_ns;
  ops.push_back(loss);
  const Verdict verdict = Require(Outcome::kFail, CheckLocksKept, ops);
  const History history = History::FromOps(ops);
  const Op& step = history.ops()[verdict.proof.front().op];
  RC_ASSERT(step.name == name);
  RC_ASSERT(step.t_ns == t_ns);
  RC_ASSERT(verdict.reason.find("in op #") != std::string::npos);
  RC_ASSERT((verdict.reason.find("close(3)") != std::string::npos) == with_call);
}

RC_GTEST_PROP(LocksKeptProperty, WithoutALockInALookNothingIsProved, (const Script& script)) {
  LocksStory story(script);
  for (Op& op : story.h.ops()) {
    if (op.name == "locks_looked") op.value.Set("judged", 0);
  }
  Require(Outcome::kUnknown, CheckLocksKept, story.h.ops());
}

}  // namespace
}  // namespace harness
