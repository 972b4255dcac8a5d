// WAKE-STOPPED: what a watcher process that stands still does to writers is shown, and is over when
// it goes on.
//
// Needs: `signal` events 19 and 18 (SIGSTOP, SIGCONT) of one process, and `commit` calls between
//   and after them.
// Params: none.
// fail: a commit fails after the process has gone on.
// unknown: no stop and continue, no commit in between, none afterwards.
// pass: otherwise; commits that fail while it stands still are said, and counted.
// Figures: stopped_commits, stopped_failed, failed_after.
#ifndef SCENARIOS_WAKE_STOPPED_WATCHER_H_
#define SCENARIOS_WAKE_STOPPED_WATCHER_H_

#include "harness/oracle/oracle.h"

namespace scenarios::wake {

harness::Verdict CheckStoppedWatcher(const harness::History& history, const harness::Expectation&);

}  // namespace scenarios::wake

#endif  // SCENARIOS_WAKE_STOPPED_WATCHER_H_
