// CLAIM-FLAT: what a call costs does not grow with the rows that it has nothing to do with. Work is
// counted, never timed.
//
// Judged are the `measure` calls whose value has `what` (the call, "claim") and `size` (how many
// such rows there were). Calls with the same `what` and `first` are compared with the one at the
// smallest size, which must not be exceeded by more than
//
//   steps   half as much again, and 100     (a step does the same at every size)
//   pages   three times as much, and 20, and 25 for each row that it has to move (`got`)
//                                           (a b-tree of 100,000 rows is three pages deep, one of
//                                            100 rows may be one page, where a whole batch is; a
//                                            row goes down several)
//
// Two promises in the value of a call widen that. `paid`: so many rows may be moved by this call,
// once: the steps at the smallest size count in proportion, and each row may cost 50 pages, since
// it goes out of some b-trees and into others. `priorities`: so many priorities hold delayed rows
// only, and each may cost 100 steps and 25 pages.
//
// `got` says what the call has to answer for its work to mean anything: so many jobs, or that
// number of rows.
//
// Needs: `measure`.
// fail: a call exceeds its bound.
// unknown: a call failed or did not answer `got`; a call was not measured at every size; there was
//   only one size.
// pass: otherwise.
// Figures: for each call and size <what>_steps_<size> and <what>_pages_<size> (first_<what>_... for
//   first calls), and of the calls without such promises steps_growth and pages_growth: the largest
//   ratio between a size and the smallest.
#ifndef HARNESS_ORACLE_FLAT_WORK_H_
#define HARNESS_ORACLE_FLAT_WORK_H_

#include "harness/oracle/oracle.h"

namespace harness {

Verdict CheckFlatWork(const History& history, const Expectation& expectation);

}  // namespace harness

#endif  // HARNESS_ORACLE_FLAT_WORK_H_
