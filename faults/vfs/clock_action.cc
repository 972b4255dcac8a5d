// clock_step, clock_freeze and clock_resume: at a call, or, without `at`, as soon as they are
// armed.

#include "faults/clock.h"
#include "faults/vfs/action.h"
#include "faults/vfs/process_clock.h"

namespace faults::vfs {
namespace {

class ClockMove : public Action {
 public:
  explicit ClockMove(const Fault& fault) : fault_(fault) {}

  bool CanHappen(Call, When) const override { return true; }

  Effect Do(const Occasion&, const Recorder& record) const override {
    Clock& clock = ProcessClock();
    if (!record("fired", "from " + std::to_string(clock.NowMs()) + " ms")) return {};
    if (fault_.kind == "clock_step") {
      clock.StepMs(fault_.GetInt("by_s", 0) * 1000);
    } else if (fault_.kind == "clock_resume") {
      clock.Resume();
    } else if (fault_.Has("to_s")) {
      clock.FreezeAtMs(fault_.GetInt("to_s", 0) * 1000);
    } else {
      clock.Freeze();
    }
    return {};
  }

 private:
  Fault fault_;
};

class Hurry : public Action {
 public:
  bool CanHappen(Call, When) const override { return false; }
  Effect Do(const Occasion&, const Recorder& record) const override {
    if (record("fired", "")) Hurried() = true;
    return {};
  }
};

}  // namespace

Result<std::shared_ptr<const Action>> MakeHurry(const Fault&) {
  return std::shared_ptr<const Action>(std::make_shared<Hurry>());
}

Result<std::shared_ptr<const Action>> MakeClockMove(const Fault& fault) {
  // Ten thousand years: milliseconds, twice, stay far inside 64 bits.
  constexpr int64_t kMost = 315'360'000'000;
  if (fault.kind == "clock_step" && !fault.Has("by_s")) {
    return Refused(fault, "the key 'by_s' is missing");
  }
  for (const char* key : {"by_s", "to_s"}) {
    const int64_t seconds = fault.GetInt(key, 0);
    if (seconds > kMost || seconds < -kMost) {
      return Refused(fault, std::string("'") + key + "' is more than ten thousand years");
    }
  }
  return std::shared_ptr<const Action>(std::make_shared<ClockMove>(fault));
}

}  // namespace faults::vfs
