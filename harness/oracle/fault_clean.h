// FAULT-CLEAN: a call that fails gives an error, or none is needed, and leaves everything intact.
//
// The history is that of a sweep. The runner's event `states` says what the database holds before
// the work and after each of its steps, as texts, from a run without faults: {"states":["...",
// ...], "single":false}. Each event `point`,
// {"n":17,"fault":TEXT}, begins the same work on a fresh copy with one fault armed. What belongs to
// it, until the next one: calls whose invoke has `step` (from 1; the work; with `reads` it reads
// the state), the answer of `disarm` (how many calls were struck), and calls whose invoke has
// `check`:
//   close      of the connection that was at work (not where a step named open failed)
//   integrity  what "PRAGMA integrity_check" tells another process afterwards
//   state      what the database holds then
//   usable     a commit of another process
//   watcher    an `await` of that commit in a third one
//
// A point fails where the integrity check is not "ok"; where the state is none of those that the
// answers allow: what was acknowledged is there, a step that failed is there as a whole or not at
// all (SQLITE_BUSY: not at all), and nothing after it; where a step reads something else than that;
// where a check fails; where a watcher does not hear of the commit. A last point that struck
// nothing shows that the sweep is complete; without it (unless `single`), or when nothing was
// struck at all, the answer is unknown. The events `struck`, {"n":17,"site":...,"detail":...}, are
// for the explanation.
//
// Figures: points, reported (a step failed), absorbed (none did), happened (reported, and done all
// the same).
#ifndef HARNESS_ORACLE_FAULT_CLEAN_H_
#define HARNESS_ORACLE_FAULT_CLEAN_H_

#include "harness/oracle/oracle.h"

namespace harness {

Verdict CheckFaultClean(const History& history, const Expectation& expectation);

}  // namespace harness

#endif  // HARNESS_ORACLE_FAULT_CLEAN_H_
