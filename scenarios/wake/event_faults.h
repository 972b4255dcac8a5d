// An actor whose C library changes the file events that it reads: started under the preload
// library, steered by the scenario.
#ifndef SCENARIOS_WAKE_EVENT_FAULTS_H_
#define SCENARIOS_WAKE_EVENT_FAULTS_H_

#include <map>
#include <string>

#include "faults/libc/control.h"
#include "harness/run/stage.h"

namespace scenarios::wake {

class EventFaults {
 public:
  // Ends the cell as `error` where the control page cannot be made.
  explicit EventFaults(harness::Stage& stage);

  // What `process` is to be started with.
  std::map<std::string, std::string> EnvironmentOf(const std::string& process) const;

  // These faults and no others from now on, as a fault of the stage.
  void Set(const std::string& text);

  // Entries of the ledger ("fired", "released") so far.
  int64_t Count(const std::string& event) const;

  // Until the watcher has read every event there was and each that was held has gone on to it: only
  // then does its silence mean that nothing is on its way. Its subscribers must be alive.
  void AwaitNothingHeld(harness::Actor& watcher);

  // Records how many events were changed. Ends the cell as `unknown` where there were none though
  // `wanted`: then it shows nothing.
  void RecordEvidence(bool wanted);

 private:
  harness::Stage& stage_;
  std::string folder_;
  faults::libc::Control control_;
};

}  // namespace scenarios::wake

#endif  // SCENARIOS_WAKE_EVENT_FAULTS_H_
