// What comes after a fault that need not kill a watcher: has it become deaf?
#ifndef SCENARIOS_SWAP_LATER_COMMITS_H_
#define SCENARIOS_SWAP_LATER_COMMITS_H_

#include "scenarios/steps.h"

namespace scenarios::swap {

// The number of the newcomer's marks: no other writer of these scenarios has it.
inline constexpr int64_t kNewcomer = 9;

// Waits for the proof of silence or for a death: what came until then came of the fault. Then a new
// process, writer:9, opens the database, whatever is there now, and commits twice; after each
// commit that is acknowledged the watcher is waited for. What it cannot do is in the history.
void AwaitAndCommitAnew(Stage& stage, Actor& watcher);

}  // namespace scenarios::swap

#endif  // SCENARIOS_SWAP_LATER_COMMITS_H_
