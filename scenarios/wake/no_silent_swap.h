// Oracle of WAKE-REFUSE: a backend that was asked for is the one that works, or the subject says
// otherwise.
//
// Reads `watch` calls, `backend_evidence` events ({"process", "inotify_watches"}) and the lines of
// stderr. For each watch: refused with a reason is a pass; opened, with exactly one line on stderr
// that names polling as what it falls back to, is a pass; opened and silent is a pass only where
// there is evidence of the backend itself (inotify watches for kernel; shm on a database outside
// WAL cannot be itself). Whether the open handle lives is wake_seen's to judge. unknown: no watch,
// or stderr was not collected.
#ifndef SCENARIOS_WAKE_NO_SILENT_SWAP_H_
#define SCENARIOS_WAKE_NO_SILENT_SWAP_H_

#include "harness/oracle/oracle.h"

namespace scenarios::wake {

harness::Verdict CheckNoSilentSwap(const harness::History& history,
                                   const harness::Expectation& expectation);

}  // namespace scenarios::wake

#endif  // SCENARIOS_WAKE_NO_SILENT_SWAP_H_
