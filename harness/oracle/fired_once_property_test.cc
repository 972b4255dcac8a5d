// However leaders take turns and die, a good story passes; a boundary that is left out, fired once
// more or told of wrongly is found.
#include <gtest/gtest.h>

#include "harness/oracle/fired_once.h"
#include "harness/oracle/property.h"
#include "harness/oracle/tick_builder.h"

namespace harness {
namespace {

// A good story. Each element is a tick: how far the clock has gone, and whether its leader dies in
// it, before or after the commit.
struct Told {
  Ops ops;
  std::vector<int64_t> jobs;
};

Told Tell(const std::vector<uint8_t>& script, int64_t leave_out = -1) {
  TickBuilder t;
  Told told;
  int64_t now = 100;
  int64_t next = 100;
  const auto fire = [&] {
    TickBuilder::Fires fires;
    for (; next <= now; next += 10) {
      if ((next - 100) / 10 == leave_out) continue;
      told.jobs.push_back(static_cast<int64_t>(told.jobs.size()) + 1);
      fires.emplace_back(next, told.jobs.back());
    }
    return fires;
  };
  for (size_t i = 0; i < script.size(); ++i) {
    now += script[i] % 40;
    const std::string leader = "leader:" + std::to_string(i % 3 + 1);
    if (script[i] >= 200) {
      if (script[i] % 2 == 0) (void)fire();
      t.CutOff(leader + std::to_string(i), now);
    } else {
      t.Tick(leader, now, fire());
    }
  }
  t.Tick("reader:1", now, fire());
  t.Left(told.jobs);
  told.ops = t.h.ops();
  return told;
}

Verdict Check(Outcome wanted, const Ops& ops) { return Require(wanted, CheckFiredOnce, ops); }

RC_GTEST_PROP(FiredOnceProperty, GoodStoriesPass,
              (const std::vector<uint8_t>& script, const Script& noise)) {
  const Told told = Tell(script);
  const Verdict v = Check(Outcome::kPass, WithNoise(told.ops, noise));
  RC_ASSERT(v.figures["boundaries"].Int() == static_cast<int64_t>(told.jobs.size()));
}

RC_GTEST_PROP(FiredOnceProperty, ALostBoundaryIsFound,
              (const std::vector<uint8_t>& script, uint32_t pick)) {
  const auto count = static_cast<int64_t>(Tell(script).jobs.size());
  const Told told = Tell(script, pick % count);
  RC_ASSERT(Check(Outcome::kFail, told.ops).figures["lost"].Int() == 1);
}

RC_GTEST_PROP(FiredOnceProperty, AJobTooManyIsFound, (const std::vector<uint8_t>& script)) {
  Told told = Tell(script);
  Value& left = told.ops.back().value;
  Value live = left["live"];
  live.Append(static_cast<int64_t>(told.jobs.size()) + 1);
  left.Set("live", live);
  RC_ASSERT(Check(Outcome::kFail, told.ops).figures["doubled"].Int() == 1);
}

RC_GTEST_PROP(FiredOnceProperty, AFireThatIsToldTwiceIsFound,
              (const std::vector<uint8_t>& script, uint32_t pick)) {
  Told told = Tell(script);
  std::vector<size_t> telling;
  for (size_t i = 0; i < told.ops.size(); ++i) {
    if (told.ops[i].name == "tick" && told.ops[i].type == OpType::kOk &&
        !told.ops[i].value["fires"].items().empty()) {
      telling.push_back(i);
    }
  }
  RC_PRE(!telling.empty());
  Value& value = told.ops[telling[pick % telling.size()]].value;
  Value fires = value["fires"];
  fires.Append(fires.items().back());
  value.Set("fires", fires);
  (void)Check(Outcome::kFail, told.ops);
}

}  // namespace
}  // namespace harness
