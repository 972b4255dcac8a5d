// WAKE-ERROR, WAKE-EXCLUSIVE: a watcher that cannot look says so, once, and is never silent for
// good.
//
// The runner brackets the time in which looks fail with two `trouble` events of a process:
// {"process","what","state":"begins|ends"}. A trouble is told where, inside the bracket, a `watch`
// is refused with a reason, a wake comes or a wait says that the watcher is dead; or where the
// process writes a line to stderr (it carries no time: any of its life counts). `must_tell` of the
// event that ends it: looks did fail meanwhile; without it the runner knows of none, and silence is
// no promise broken.
//
// Needs: `trouble` events, the process's `died` (with which stderr is collected).
// Params: none.
// fail: a trouble that must be told is not; or the same line is said more often than there were
//   troubles of its process.
// unknown: no trouble that ended; stderr not collected.
// pass: otherwise.
// Figures: troubles, must_tell, told_to_subscriber, lines.
#ifndef HARNESS_ORACLE_TROUBLE_TOLD_H_
#define HARNESS_ORACLE_TROUBLE_TOLD_H_

#include "harness/oracle/oracle.h"

namespace harness {

Verdict CheckTroubleTold(const History& history, const Expectation& expectation);

}  // namespace harness

#endif  // HARNESS_ORACLE_TROUBLE_TOLD_H_
