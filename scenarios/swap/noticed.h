// Oracle for swaps after which a watcher may die or go on, but must not be silent (SWAP-SHM,
// SWAP-MODE).
//
// Reads `fault` calls, `dead` events, `wake` events, and `await` calls after the last fault. For
// each subscriber that was open at the last ok fault: pass when it died after the fault, or when
// every commit acknowledged after it was seen; fail when a commit was proved missed (an await that
// ended quiet without it); unknown when nothing was committed after the fault, or no await decided.
#ifndef SCENARIOS_SWAP_NOTICED_H_
#define SCENARIOS_SWAP_NOTICED_H_

#include "harness/oracle/oracle.h"

namespace scenarios::swap {

harness::Verdict CheckNoticed(const harness::History& history,
                              const harness::Expectation& expectation);

// The same for a change of the journal mode (SWAP-MODE). Reads the `mode` event too: the mode that
// was wanted, and the one in force after the change was asked for. SQLite may refuse the way out of
// WAL, and whoever watches goes on: figure `changed` says which it was. The way into WAL that did
// not come about is unknown, as is a history without that event.
harness::Verdict CheckModeNoticed(const harness::History& history,
                                  const harness::Expectation& expectation);

}  // namespace scenarios::swap

#endif  // SCENARIOS_SWAP_NOTICED_H_
