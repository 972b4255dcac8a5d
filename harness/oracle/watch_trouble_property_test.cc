// CheckWatchCost and CheckTroubleTold: whatever modest watchers do passes, each kind of excess and
// each kind of silence is found, and where the evidence is taken away nothing is claimed.
#include <gtest/gtest.h>

#include "harness/oracle/property.h"
#include "harness/oracle/trouble_told.h"
#include "harness/oracle/watch_cost.h"

namespace harness {
namespace {

constexpr char kW[] = "watcher:1";

// Windows of as many milliseconds each, with at most a look a millisecond and three lines in all.
struct Modest {
  explicit Modest(const Script& script) {
    h.Watch(kW, {0});
    int64_t sleeps = 0;
    int n = 0;
    Script rounds = script;
    rounds.push_back(50);
    for (const uint8_t ms : rounds) {
      const Value during = Obj({{"during", "window " + std::to_string(n++)}});
      const auto cost = [&] {
        h.Do(kW, "cost", during,
             Obj({{"threads", 1}, {"sleeps", sleeps}, {"cpu_us", sleeps * 20}, {"fds", 9}}));
      };
      cost();
      h.Quiesce(kW, {{0, "quiet"}}, 1 + ms);
      sleeps += ms;
      cost();
    }
    for (int i = 0; i < 3; ++i) h.Stderr(kW, "line " + std::to_string(i));
    h.After(1).Died(kW, true);
  }
  HistoryBuilder h;
};

bool IsCost(const Op& op) { return op.name == "cost" && op.type == OpType::kOk; }

RC_GTEST_PROP(WatchCostProperty, ModestOnesPass, (const Script& script, const Script& noise)) {
  Modest story(script);
  Require(Outcome::kPass, CheckWatchCost, WithNoise(story.h.ops(), noise));
}

RC_GTEST_PROP(WatchCostProperty, ASlowMachineChangesNothing, (const Script& script)) {
  Modest story(script);
  Require(Outcome::kPass, CheckWatchCost, Scaled(story.h.ops(), 50));
}

RC_GTEST_PROP(WatchCostProperty, EachExcessIsFound, (const Script& script, uint32_t pick)) {
  Modest story(script);
  std::vector<Op*> ends;
  for (Op& op : story.h.ops()) {
    if (IsCost(op)) ends.push_back(&op);
  }
  Op& end = *ends[1 + 2 * (pick % (ends.size() / 2))];
  const int what = *rc::gen::inRange(0, 4);
  const char* const names[] = {"sleeps", "fds", "threads"};
  if (what < 3) {
    end.value.Set(names[what], end.value[names[what]].Int() + (what == 0 ? 5000 : 1));
  } else {
    for (int i = 0; i < 17; ++i) story.h.Stderr(kW, "more");
  }
  Require(Outcome::kFail, CheckWatchCost, story.h.ops());
}

RC_GTEST_PROP(WatchCostProperty, WithoutEvidenceNothingIsSaid, (const Script& script)) {
  for (const char* missing : {"cost", "quiesce", "died"}) {
    Modest story(script);
    std::erase_if(story.h.ops(), [&](const Op& op) { return op.name == missing; });
    Require(Outcome::kUnknown, CheckWatchCost, story.h.ops());
  }
}

// Troubles one after the other, each told in one of four ways.
struct Troubled {
  explicit Troubled(const Script& script) {
    h.Watch(kW, {0});
    Script rounds = script;
    rounds.push_back(0);
    for (const uint8_t byte : rounds) {
      State("begins");
      if (byte % 3 == 0) h.Wake(kW, 0, {});
      if (byte % 3 == 1) h.Dead(kW, 0);
      if (byte % 3 == 2) h.Refused(kW, "why");
      State("ends");
    }
    h.After(1).Died(kW, true);
  }
  void State(const char* state) {
    h.After(1).Tell("runner", "trouble",
                    Obj({{"process", kW}, {"what", "x"}, {"state", state}, {"must_tell", true}}));
    h.After(1);
  }
  HistoryBuilder h;
};

RC_GTEST_PROP(TroubleToldProperty, ToldOnesPass, (const Script& script, const Script& noise)) {
  Troubled story(script);
  Require(Outcome::kPass, CheckTroubleTold, WithNoise(story.h.ops(), noise));
}

RC_GTEST_PROP(TroubleToldProperty, SilenceIsFoundAndALineBreaksIt, (const Script& script)) {
  Troubled story(script);
  Ops& ops = story.h.ops();
  std::erase_if(ops, [](const Op& op) {
    return op.name == "wake" || op.name == "dead" || op.value["outcome"].Text() == "refused";
  });
  Require(Outcome::kFail, CheckTroubleTold, ops);
  story.h.Stderr(kW, "honker: no look succeeds");
  Require(Outcome::kPass, CheckTroubleTold, story.h.ops());
}

RC_GTEST_PROP(TroubleToldProperty, ALineThatIsRepeatedIsFound, (const Script& script)) {
  Troubled story(script);
  for (size_t i = 0; i < script.size() + 2; ++i) story.h.Stderr(kW, "the same");
  Require(Outcome::kFail, CheckTroubleTold, story.h.ops());
}

RC_GTEST_PROP(TroubleToldProperty, WithoutEvidenceNothingIsSaid, (const Script& script)) {
  for (const char* missing : {"trouble", "died"}) {
    Troubled story(script);
    std::erase_if(story.h.ops(), [&](const Op& op) { return op.name == missing; });
    Require(Outcome::kUnknown, CheckTroubleTold, story.h.ops());
  }
}

}  // namespace
}  // namespace harness
