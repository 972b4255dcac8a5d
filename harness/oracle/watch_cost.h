// WAKE-COST: what watching costs is bounded: wake-ups, descriptors, threads, lines on stderr.
//
// Judged are windows: the first and the last `cost` of a process with the same `during`. Between
// them the threads of the subject may go to sleep so many times for each millisecond that passed
// (a slow machine makes it fewer, never more), and none may run on without sleeping; the process
// may have no more descriptors and threads at the end than at the beginning. Over its whole life a
// process may write so many lines to stderr. Processor time is printed; it decides only where a
// thread that had half of the window used more than 10 ms between two sleeps, which is what
// spinning is.
//
// Needs: `cost` with `during`, inside each window a `quiesce` or `watch` that ended ok, `died`.
// Params: `sleeps_per_ms` (3), `fds` (0: so many more are allowed), `max_lines` (16).
// fail: more of any of these.
// unknown: no window, nothing that happened inside one, no thread that watches, stderr not
//   collected.
// pass: otherwise.
// Figures: windows, sleeps_per_s and cpu_permille (of the busiest window), fds_more (may be
//   negative), lines.
#ifndef HARNESS_ORACLE_WATCH_COST_H_
#define HARNESS_ORACLE_WATCH_COST_H_

#include "harness/oracle/oracle.h"

namespace harness {

Verdict CheckWatchCost(const History& history, const Expectation& expectation);

}  // namespace harness

#endif  // HARNESS_ORACLE_WATCH_COST_H_
