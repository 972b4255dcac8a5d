// SWAP-INPLACE, SWAP-EXTERNAL, SWAP-GONE, SWAP-FALSE, SHM-BUS: what becomes of those who listen
// when something is done to the files under them that need not kill a watcher.
//
// Judged is every subscriber that listened when the first `fault` aimed at files began. Later
// commits are those that began after the last such fault had ended. It may have
//   woken: a wait returned from the fault's beginning on, before any later commit began;
//   died: it was told so, from the fault's beginning on;
//   been silent: neither, and a `quiesce`, `await` or `await_death` after the fault proved it
//   quiet.
// All three are measured. What must never be:
//   a storm: it woke so often without news that it was stopped (`overtrigger`);
//   a host that died: the subscriber's process ended, and nobody had ended it;
//   a thread that is over without a word: `thread_gone`, and no death;
//   deafness: a later commit was acknowledged, it was proved quiet afterwards, and no wake at all
//     came from the commit's beginning on. One that came too early to see the commit is a loss for
//     WAKE-SEEN to judge, but the subscriber hears.
//
// Params: `may_die` (false: a death is a failure as well, unless the file under the name is another
//   one afterwards), `must_be_told` (false; true: silence is a failure), `must_hear` (true; false:
//   deafness is a figure only).
// fail: as above.
// unknown: no fault; nobody listened; nothing proved after the fault.
// pass: otherwise.
// Figures: faults, met (subscribers judged), woke, died, silent, wakes (before later commits),
//   rereads_failed (of those), storms, deaf, later_commits, later_failed, undecided.
#ifndef HARNESS_ORACLE_AFTERMATH_H_
#define HARNESS_ORACLE_AFTERMATH_H_

#include "harness/oracle/oracle.h"

namespace harness {

Verdict CheckAftermath(const History& history, const Expectation& expectation);

}  // namespace harness

#endif  // HARNESS_ORACLE_AFTERMATH_H_
