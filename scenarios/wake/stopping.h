// Stopping an actor's process at a moment of one's choice.
#ifndef SCENARIOS_WAKE_STOPPING_H_
#define SCENARIOS_WAKE_STOPPING_H_

#include "harness/run/stage.h"

namespace scenarios::wake {

// Whether it stands still (state T of /proc/<pid>/stat): a signal that was sent has arrived.
bool IsStopped(const harness::Actor& actor);

// Until it does. Ends the cell as `unknown` where it does not come to that.
void AwaitStopped(const harness::Actor& actor);

// SIGSTOP at a moment at which it keeps no writer of Db() out. In WAL that is any; in the rollback
// modes one at which it holds no lock, as often as it takes. Ends the cell as `unknown` where it
// always holds one.
void StopBesideWriters(harness::Stage& stage, harness::Actor& actor);

}  // namespace scenarios::wake

#endif  // SCENARIOS_WAKE_STOPPING_H_
