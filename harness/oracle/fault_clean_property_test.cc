// However many points a sweep has and however they went, a clean one passes; one point that is
// damaged in any of the ways that the oracle claims to find makes it fail.
#include <gtest/gtest.h>

#include "harness/oracle/fault_clean.h"
#include "harness/oracle/property.h"
#include "harness/oracle/sweep_builder.h"

namespace harness {
namespace {

using Told = SweepBuilder::Told;

// A clean point from a byte.
Told Clean(uint8_t byte) {
  Told told{.fired = 1 + byte % 3};
  told.failed_step = byte / 4 % 3;
  if (told.failed_step != 0) {
    const bool happened = byte % 2 == 1;
    told.code = happened || byte % 8 < 4 ? 10 : 5;
    told.state = std::to_string(told.failed_step - (happened ? 0 : 1));
  }
  if (byte >= 128) told.watcher = "seen";
  return told;
}

void Damage(Told& told, uint8_t how) {
  switch (how % 6) {
    case 0:
      told.integrity = "*** in database main ***";
      break;
    case 1:
      told.state = "half";
      break;
    case 2:
      told.usable = false;
      break;
    case 3:
      told.closed = false;
      break;
    case 4:
      told.read = "half";
      break;
    default:
      told.watcher = "quiet";
      break;
  }
}

Ops Tell(const std::vector<uint8_t>& script, int64_t damaged, uint8_t how) {
  SweepBuilder sweep;
  sweep.States();
  for (size_t i = 0; i < script.size(); ++i) {
    Told told = Clean(script[i]);
    if (static_cast<int64_t>(i) == damaged) Damage(told, how);
    sweep.Point(told);
  }
  sweep.Point({});
  return sweep.h.ops();
}

RC_GTEST_PROP(FaultCleanProperty, CleanSweepsPass,
              (const std::vector<uint8_t>& script, const Script& noise)) {
  RC_PRE(!script.empty());
  const Verdict v = Require(Outcome::kPass, CheckFaultClean, WithNoise(Tell(script, -1, 0), noise));
  RC_ASSERT(v.figures["points"].Int() == static_cast<int64_t>(script.size()));
}

RC_GTEST_PROP(FaultCleanProperty, OneDamagedPointIsFound,
              (const std::vector<uint8_t>& script, uint32_t pick, uint8_t how)) {
  RC_PRE(!script.empty());
  const auto damaged = static_cast<int64_t>(pick % script.size());
  // A first step that fails reads nothing.
  RC_PRE(how % 6 != 4 || Clean(script[pick % script.size()]).failed_step != 1);
  Require(Outcome::kFail, CheckFaultClean, Tell(script, damaged, how));
}

}  // namespace
}  // namespace harness
