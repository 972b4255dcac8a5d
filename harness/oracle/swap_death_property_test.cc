// Swaps that everybody learns of pass; a silent hang, a false death, a wrong or missing message and
// every other harm are found whoever they happen to.
#include <gtest/gtest.h>

#include "harness/oracle/property.h"
#include "harness/oracle/swap_death.h"

namespace harness {
namespace {

std::string Sentence(int64_t before, int64_t after) {
  const auto identity = [](int64_t ino) { return "(dev=7, ino=" + std::to_string(ino) + ")"; };
  return "honker: database file replaced: expected " + identity(before) + ", found " +
         identity(after) +
         " at \"/tmp/x\". The watcher cannot recover; close the Database and reopen.";
}

// Rounds of: two processes open some subscribers, the file is swapped, all are told, late ones ask
// and are told, all leave.
struct SwapStory {
  explicit SwapStory(const Script& script) {
    Round(script.empty() ? 0 : script[0]);
    for (size_t i = 1; i < script.size() && i < 5; ++i) Round(script[i]);
    for (const char* process : {"watcher:1", "watcher:2"}) {
      h.After(1).Died(process, true, "exit 0");
      for (const std::string& line : said) h.Stderr(process, line);
    }
  }

  void Round(uint8_t byte) {
    const int64_t count = 1 + byte % 3;
    std::map<std::string, std::vector<int64_t>> open;
    for (const char* process : {"watcher:1", "watcher:2"}) {
      std::vector<int64_t>& subs = open[process];
      for (int64_t i = 0; i < count; ++i) subs.push_back(i);
      h.After(1).Watch(process, subs);
    }
    h.After(5).Do("runner", "fault", Obj({{"fault", "swap db by=rename_over"}}),
                  Obj({{"before", Obj({{"dev", 7}, {"ino", ino}})},
                       {"after", Obj({{"dev", 7}, {"ino", ino + 1}})}}));
    said.push_back(Sentence(ino, ino + 1));
    ++ino;
    for (auto& [process, subs] : open) {
      for (int64_t sub : subs) h.After(3).Dead(process, sub);
    }
    if (byte & 4) h.After(1).Refused("watcher:1", said.back());
    h.After(1).Watch("watcher:1", {100}).Dead("watcher:1", 100);
    open["watcher:1"].push_back(100);
    for (auto& [process, subs] : open) {
      HistoryBuilder::Results told;
      for (int64_t sub : subs) told.push_back({sub, "dead"});
      h.After(1).Ask(process, "await_death", told);
      h.After(1).Unwatch(process);
    }
  }

  HistoryBuilder h;
  std::vector<std::string> said;
  int64_t ino = 100;
};

const Value& Later() {
  static const Value kParams = Obj({{"later", true}});
  return kParams;
}

Verdict Check(Outcome wanted, const Ops& ops) {
  return Require(wanted, CheckSwapDeath, ops, Later());
}

// Positions of the ops of that name, optionally only of subscribers below 100 or of the late one.
std::vector<size_t> Find(const Ops& ops, std::string_view name, bool late = false) {
  std::vector<size_t> found;
  for (size_t i = 0; i < ops.size(); ++i) {
    if (ops[i].name != name || ops[i].type == OpType::kInvoke) continue;
    if (name == "dead" && (ops[i].value["sub"].Int() == 100) != late) continue;
    found.push_back(i);
  }
  return found;
}

// Takes the news from one subscriber; the next await_death says `result` of it instead.
void Silence(Ops& ops, size_t dead, const std::string& result) {
  const std::string process = ops[dead].process;
  const int64_t sub = ops[dead].value["sub"].Int();
  for (size_t i = dead; i < ops.size(); ++i) {
    if (ops[i].name != "await_death" || ops[i].process != process) continue;
    if (ops[i].type != OpType::kOk) continue;
    Value subs = Value::MakeArray();
    for (Value said : ops[i].value["subs"].items()) {
      subs.Append(said["sub"].Int() == sub ? said.Set("result", result) : said);
    }
    ops[i].value.Set("subs", subs);
    break;
  }
  ops.erase(ops.begin() + static_cast<std::ptrdiff_t>(dead));
}

RC_GTEST_PROP(SwapDeathProperty, EverybodyToldPassesHoweverSlow,
              (const Script& script, const Script& noise)) {
  SwapStory story(script);
  const int64_t factor = *rc::gen::inRange(1, 1000);
  Check(Outcome::kPass, WithNoise(Scaled(story.h.ops(), factor), noise));
}

RC_GTEST_PROP(SwapDeathProperty, ASilentHangFails,
              (const Script& script, uint32_t pick, bool late)) {
  SwapStory story(script);
  Ops ops = story.h.ops();
  const std::vector<size_t> dead = Find(ops, "dead", late);
  Silence(ops, dead[pick % dead.size()], "quiet");
  const Verdict v = Check(Outcome::kFail, ops);
  RC_ASSERT(v.figures["silent"].Int() == 1);
}

RC_GTEST_PROP(SwapDeathProperty, ALimitDecidesNothing,
              (const Script& script, uint32_t pick, bool late)) {
  SwapStory story(script);
  Ops ops = story.h.ops();
  const std::vector<size_t> dead = Find(ops, "dead", late);
  Silence(ops, dead[pick % dead.size()], "limit");
  Check(Outcome::kUnknown, ops);
}

RC_GTEST_PROP(SwapDeathProperty, ADeathBeforeItsSwapIsFalse,
              (const Script& script, uint32_t pick)) {
  SwapStory story(script);
  Ops ops = story.h.ops();
  const std::vector<size_t> dead = Find(ops, "dead");
  Op& early = ops[dead[pick % dead.size()]];
  int64_t swap_ns = 0;
  for (const Op& op : ops) {
    if (op.name == "fault" && op.type == OpType::kInvoke && op.t_ns < early.t_ns) swap_ns = op.t_ns;
  }
  early.t_ns = swap_ns - 1;
  Check(Outcome::kFail, ops);
}

RC_GTEST_PROP(SwapDeathProperty, AnotherCodeFails,
              (const Script& script, uint32_t pick, bool late)) {
  SwapStory story(script);
  Ops ops = story.h.ops();
  const std::vector<size_t> dead = Find(ops, "dead", late);
  ops[dead[pick % dead.size()]].value.Set("rc", -2);
  Check(Outcome::kFail, ops);
}

RC_GTEST_PROP(SwapDeathProperty, AMissingOrWrongMessageFails,
              (const Script& script, uint32_t pick)) {
  SwapStory story(script);
  Ops ops = story.h.ops();
  const std::vector<size_t> lines = Find(ops, "stderr");
  const size_t victim = pick % lines.size();
  const size_t line = lines[victim];
  // Every process says one line a swap, in order; the first swap was of inode 100.
  const int64_t before = 100 + static_cast<int64_t>(victim % story.said.size());
  switch (*rc::gen::inRange(0, 4)) {
    case 0:
      ops[line].value.Set("line", Sentence(before + 5, before + 6));
      break;
    case 1:
      ops[line].value.Set("line", Sentence(before - 1, before + 1));
      break;
    case 2:
      ops[line].value.Set("line", Sentence(before, before + 2));
      break;
    default:
      ops.erase(ops.begin() + static_cast<std::ptrdiff_t>(line));
  }
  Check(Outcome::kFail, ops);
  Require(Outcome::kPass, CheckSwapDeath, ops, Obj({{"message", false}}));
}

RC_GTEST_PROP(SwapDeathProperty, StderrThatNobodyCollectedDecidesNothing, (const Script& script)) {
  SwapStory story(script);
  Ops ops = story.h.ops();
  std::erase_if(ops, [](const Op& op) { return op.name == "stderr" || op.name == "died"; });
  Check(Outcome::kUnknown, ops);
}

RC_GTEST_PROP(SwapDeathProperty, ALateRefusalWithoutTheSentenceFails,
              (const Script& script, uint32_t pick)) {
  Script with_refusals = script;
  if (with_refusals.empty()) with_refusals = {0};
  for (uint8_t& byte : with_refusals) byte |= 4;
  SwapStory story(with_refusals);
  Ops ops = story.h.ops();
  std::vector<size_t> refused;
  for (size_t i : Find(ops, "watch")) {
    if (ops[i].value["outcome"].Text() == "refused") refused.push_back(i);
  }
  ops[refused[pick % refused.size()]].value.Set("error", "no such table");
  Check(Outcome::kFail, ops);
}

RC_GTEST_PROP(SwapDeathProperty, ReusedInodesAreMeasuredOnly, (const Script& script, bool told)) {
  SwapStory story(script);
  Ops ops = story.h.ops();
  Change(
      ops, [](const Op& op) { return op.name == "fault" && op.type == OpType::kOk; },
      [](Op& op) { op.value.Set("after", op.value["before"]); });
  if (!told) {
    for (std::vector<size_t> dead; !(dead = Find(ops, "dead")).empty();)
      Silence(ops, dead[0], "quiet");
  }
  const Verdict v = Require(Outcome::kUnknown, CheckSwapDeath, ops);
  RC_ASSERT(v.figures["reused"].Int() == v.figures["judged"].Int());
}

RC_GTEST_PROP(SwapDeathProperty, WithoutASwapThereIsNoEvidence, (const Script& script)) {
  SwapStory story(script);
  Ops ops = story.h.ops();
  std::erase_if(ops, [](const Op& op) {
    return op.name == "fault" || op.name == "dead" || op.name == "await_death";
  });
  Require(Outcome::kUnknown, CheckSwapDeath, ops);
}

}  // namespace
}  // namespace harness
