// An actor that stands still for the length of a scope.
#ifndef SCENARIOS_WAKE_SUSPENSION_H_
#define SCENARIOS_WAKE_SUSPENSION_H_

#include <csignal>

#include "harness/run/stage.h"
#include "scenarios/wake/stopping.h"

namespace scenarios::wake {

// SIGSTOP, and SIGCONT at the end, also where a step in between ends the cell: an actor that stands
// still cannot be asked to go.
class Suspension {
 public:
  Suspension(harness::Stage& stage, harness::Actor& actor) : stage_(stage), actor_(actor) {
    stage_.Signal(actor_, SIGSTOP);
    try {
      AwaitStopped(actor_);
    } catch (const harness::CellEnd&) {
      stage_.Signal(actor_, SIGCONT);
      throw;
    }
  }
  ~Suspension() { stage_.Signal(actor_, SIGCONT); }
  Suspension(const Suspension&) = delete;
  Suspension& operator=(const Suspension&) = delete;

 private:
  harness::Stage& stage_;
  harness::Actor& actor_;
};

}  // namespace scenarios::wake

#endif  // SCENARIOS_WAKE_SUSPENSION_H_
