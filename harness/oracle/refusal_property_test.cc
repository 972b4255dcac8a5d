// Any mixture of refusals with a reason and of handles that live passes; each way of answering
// wrongly is found whichever process it happens to.
#include <gtest/gtest.h>

#include "harness/oracle/property.h"
#include "harness/oracle/refusal.h"

namespace harness {
namespace {

// Each byte is a process that asks once: refused, or opened and alive. The last commit is seen by
// all.
struct AskStory {
  explicit AskStory(Script script, bool all_open = false) {
    if (script.empty()) script = {0, 1};
    for (size_t i = 0; i < script.size(); ++i) {
      const std::string process = "watcher:" + std::to_string(i + 1);
      processes.push_back(process);
      h.After(1);
      if (script[i] % 2 == 1 || all_open) {
        h.Watch(process, {0});
        opened.push_back(process);
      } else {
        h.Refused(process, "backend shm: the journal mode is delete, not WAL");
        refused.push_back(process);
      }
    }
    commit_ns = h.now_ns();
    h.Commit(1, 1);
    for (const std::string& process : opened) h.After(0.1).Wake(process, 0, {{"1", 1}});
    for (const std::string& process : opened) h.After(1).Quiesce(process, {{0, "quiet"}});
    for (const std::string& process : processes) {
      h.After(1).Died(process, true, "exit 0").Stderr(process, "honker: falling back to polling");
    }
  }
  HistoryBuilder h;
  std::vector<std::string> processes, opened, refused;
  int64_t commit_ns = 0;
};

Verdict Check(Outcome wanted, const Ops& ops) {
  return Require(wanted, CheckRefusal, ops,
                 Obj({{"mention", "WAL"}, {"stderr_mention", "falling back"}}));
}
bool IsAnswer(const Op& op, const std::string& process, const char* outcome) {
  return op.name == "watch" && op.process == process && op.value["outcome"].Text() == outcome;
}

RC_GTEST_PROP(RefusalProperty, ReasonsAndLivingHandlesPass,
              (const Script& script, const Script& noise)) {
  AskStory story(script);
  const int64_t factor = *rc::gen::inRange(1, 1000);
  Check(Outcome::kPass, WithNoise(Scaled(story.h.ops(), factor), noise));
}

RC_GTEST_PROP(RefusalProperty, ARefusalWithoutItsReasonIsFound,
              (const Script& script, uint32_t pick, bool empty)) {
  AskStory story(script);
  RC_PRE(!story.refused.empty());
  const std::string victim = story.refused[pick % story.refused.size()];
  Change(
      story.h.ops(), [&](const Op& op) { return IsAnswer(op, victim, "refused"); },
      [&](Op& op) { op.value.Set("error", empty ? "" : "no"); });
  Check(Outcome::kFail, story.h.ops());
}

RC_GTEST_PROP(RefusalProperty, AHandleThatIsDeadOrDeafIsFound,
              (const Script& script, uint32_t pick, bool dead)) {
  AskStory story(script, /*all_open=*/true);
  const std::string victim = story.opened[pick % story.opened.size()];
  Ops ops = story.h.ops();
  if (dead) {
    ops.push_back(
        Op{story.commit_ns, OpType::kEvent, 0, victim, "dead", Obj({{"sub", 0}, {"rc", -1}})});
  } else {
    std::erase_if(ops, [&](const Op& op) { return IsWake(op, victim, 0); });
  }
  Check(Outcome::kFail, ops);
}

RC_GTEST_PROP(RefusalProperty, AHandleThatNobodyTriedProvesNothing, (const Script& script)) {
  AskStory story(script, /*all_open=*/true);
  std::erase_if(story.h.ops(),
                [](const Op& op) { return op.name == "commit" || op.name == "wake"; });
  Check(Outcome::kUnknown, story.h.ops());
}

RC_GTEST_PROP(RefusalProperty, TheOtherAnswerIsFound, (const Script& script, bool opened)) {
  AskStory story(script, opened);
  RC_PRE(opened || story.opened.empty());
  const Value expect = Obj({{"expect", opened ? "refused" : "opened"}});
  Require(Outcome::kFail, CheckRefusal, story.h.ops(), expect);
}

RC_GTEST_PROP(RefusalProperty, ALineTooFewOrTooManyIsFound,
              (const Script& script, uint32_t pick, bool twice)) {
  AskStory story(script);
  const std::string victim = story.processes[pick % story.processes.size()];
  Ops ops;
  for (const Op& op : story.h.ops()) {
    const bool hit = op.name == "stderr" && op.value["process"].Text() == victim;
    if (!hit || twice) ops.push_back(op);
    if (hit && twice) ops.push_back(op);
  }
  Check(Outcome::kFail, ops);
}

RC_GTEST_PROP(RefusalProperty, ACallThatNeverReturnsIsFound,
              (const Script& script, uint32_t pick)) {
  AskStory story(script);
  const std::string victim = story.processes[pick % story.processes.size()];
  std::erase_if(story.h.ops(),
                [&](const Op& op) { return op.process == victim && op.type != OpType::kInvoke; });
  Change(
      story.h.ops(),
      [&](const Op& op) { return op.name == "died" && op.value["process"].Text() == victim; },
      [](Op& op) { op.value.Set("expected", false); });
  Check(Outcome::kFail, story.h.ops());
}

}  // namespace
}  // namespace harness
