// SWAP-FALSE: an overlay copied the file up, nothing was replaced, and no subscriber died.
//
// Reads `identity` events of the runner ({"when","dev","ino","copied_up"}), `dead` events, and
// `await`. fail: a subscriber died, or an await was met with silence. unknown: nothing was copied
// up, or nothing was decided. pass: it was, and every commit was seen. Figures: changes (of the
// identity), after_watch (of them: after it was recorded as "watched"), seen, dead,
//   lost.
#ifndef SCENARIOS_FS_ALIVE_H_
#define SCENARIOS_FS_ALIVE_H_

#include "harness/oracle/oracle.h"

namespace scenarios::fs {

harness::Verdict CheckAlive(const harness::History& history,
                            const harness::Expectation& expectation);

}  // namespace scenarios::fs

#endif  // SCENARIOS_FS_ALIVE_H_
