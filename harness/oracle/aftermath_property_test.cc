// Random stories of what may follow a fault pass; each thing that must never follow is found in
// them, whatever else happened.
#include <gtest/gtest.h>

#include "harness/oracle/aftermath.h"
#include "harness/oracle/property.h"

namespace harness {
namespace {

// Up to three watching processes of one subscriber each; a few faults; each subscriber wakes some
// times, or not; one may die; then commits, each of which is heard by whoever lives.
struct Story {
  explicit Story(const Script& script) {
    watchers = 1 + At(script, 0) % 3;
    deaths = At(script, 1) % (watchers + 1);
    commits = 1 + At(script, 2) % 3;
    for (int w = 0; w < watchers; ++w) h.Watch(Name(w), {0}).After(1);
    const int faults = 1 + At(script, 3) % 2;
    for (int f = 0; f < faults; ++f) {
      h.After(5).Do("runner", "fault", Obj({{"fault", "swap db by=copy_over"}}),
                    Obj({{"before", Obj({{"dev", 1}, {"ino", 5}})},
                         {"after", Obj({{"dev", 1}, {"ino", 5}})}}));
    }
    for (int w = 0; w < watchers; ++w) {
      for (int n = At(script, 4 + w) % 4; n > 0; --n) h.After(1).Wake(Name(w), 0, {{"1", 1}});
      if (Dies(w)) h.After(1).Dead(Name(w), 0);
      h.After(1).Quiesce(Name(w), {{0, Dies(w) ? "dead" : "quiet"}});
    }
    for (int64_t seq = 1; seq <= commits; ++seq) {
      h.After(1).Commit(9, seq);
      for (int w = 0; w < watchers; ++w) {
        if (Dies(w)) continue;
        // Some wakes come too early to see the commit, which is not this oracle's business.
        const bool early = (At(script, 8) + seq) % 3 == 0;
        h.Wake(Name(w), 0, {{"9", early ? seq - 1 : seq}});
        h.After(1).Ask(Name(w), "await", {{0, "quiet"}});
      }
    }
  }

  static std::string Name(int w) { return "watcher:" + std::to_string(w + 1); }
  static int At(const Script& script, size_t i) { return i < script.size() ? script[i] : 0; }
  bool Dies(int w) const { return w < deaths; }
  int alive() const { return watchers - deaths; }

  HistoryBuilder h;
  int watchers = 0;
  int deaths = 0;
  int64_t commits = 0;
};

Verdict Check(Outcome wanted, const Ops& ops, bool may_die = true) {
  return Require(wanted, CheckAftermath, ops, Obj({{"may_die", may_die}}));
}

// The moment at which the last fault was over.
int64_t FaultEnd(const Ops& ops) {
  int64_t end = 0;
  for (const Op& op : ops) {
    if (op.name == "fault") end = op.t_ns;
  }
  return end;
}

RC_GTEST_PROP(AftermathProperty, WhatMayFollowPasses, (const Script& script, const Script& noise)) {
  Story story(script);
  const int64_t factor = *rc::gen::inRange(1, 1000);
  const Verdict v = Check(Outcome::kPass, WithNoise(Scaled(story.h.ops(), factor), noise));
  RC_ASSERT(v.figures["met"].Int() == story.watchers);
  RC_ASSERT(v.figures["died"].Int() == story.deaths);
  RC_ASSERT(v.figures["later_commits"].Int() == story.commits);
}

RC_GTEST_PROP(AftermathProperty, ADeathThatIsNotAllowedFails, (const Script& script)) {
  Story story(script);
  Check(story.deaths > 0 ? Outcome::kFail : Outcome::kPass, story.h.ops(), false);
}

RC_GTEST_PROP(AftermathProperty, AStormIsFound, (const Script& script)) {
  Story story(script);
  RC_PRE(story.alive() > 0);
  Ops ops = story.h.ops();
  ops.push_back(Op{FaultEnd(ops) + 1, OpType::kEvent, 0, Story::Name(story.watchers - 1),
                   "overtrigger", Obj({{"sub", 0}, {"wakes", 1000}})});
  RC_ASSERT(Check(Outcome::kFail, ops).figures["storms"].Int() == 1);
}

RC_GTEST_PROP(AftermathProperty, DeafnessIsFound, (const Script& script)) {
  Story story(script);
  RC_PRE(story.alive() > 0);
  Ops ops = story.h.ops();
  const std::string deaf = Story::Name(story.watchers - 1);
  int64_t later = 0;
  for (const Op& op : ops) {
    if (later == 0 && op.name == "commit") later = op.t_ns;
  }
  std::erase_if(ops, [&](const Op& op) { return IsWake(op, deaf, 0) && op.t_ns >= later; });
  RC_ASSERT(Check(Outcome::kFail, ops).figures["deaf"].Int() == 1);
}

RC_GTEST_PROP(AftermathProperty, ALostThreadIsFound, (const Script& script)) {
  Story story(script);
  RC_PRE(story.alive() > 0);
  Ops ops = story.h.ops();
  ops.push_back(Op{FaultEnd(ops) + 1, OpType::kEvent, 0, Story::Name(story.watchers - 1),
                   "thread_gone", Obj({{"others_left", false}})});
  Check(Outcome::kFail, ops);
}

RC_GTEST_PROP(AftermathProperty, AHostThatDiesIsFound, (const Script& script)) {
  Story story(script);
  RC_PRE(story.alive() > 0);
  Ops ops = story.h.ops();
  const std::string host = Story::Name(story.watchers - 1);
  const int64_t end = FaultEnd(ops) + 1;
  std::erase_if(ops, [&](const Op& op) { return op.process == host && op.t_ns > end; });
  ops.push_back(Op{end, OpType::kEvent, 0, "runner", "died",
                   Obj({{"process", host}, {"how", "signal 7"}, {"expected", false}})});
  Check(Outcome::kFail, ops);
}

RC_GTEST_PROP(AftermathProperty, WithoutAFaultOrAProofNothingIsKnown,
              (const Script& script, bool fault)) {
  Story story(script);
  RC_PRE(story.alive() > 0);
  Ops ops = story.h.ops();
  std::erase_if(ops, [&](const Op& op) {
    return op.name == "dead" ||
           (fault ? op.name == "fault" : op.name == "await" || op.name == "quiesce");
  });
  Check(Outcome::kUnknown, ops);
}

}  // namespace
}  // namespace harness
