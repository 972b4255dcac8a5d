// SCHED-ONCE: each boundary of a schedule fires exactly once, whoever ticks and dies while ticking.
//
// A `schedule` event of the runner {"name","queue","first","every"} says which boundaries there
// are: first, first + every, ... up to the greatest `now` of a tick. Each
// schedule has a queue of its own from which nobody takes jobs, so that the jobs that are left
// there are its fires: a reply tells which boundary a job stands for, and the jobs of ticks without
// a reply are counted.
//
// Needs: `schedule`, `tick`, and of each queue one `jobs_left` after everything else.
// Params: `min_cut_off` (0): ticks that ended with their process, as evidence that is asked for.
// fail: a fire at no boundary, or after the tick's now; one boundary or one job number told twice;
//   more than 64 fires of one schedule in one tick; a job that was told and is not left; fewer jobs
//   left than boundaries (lost), or more (doubled).
// unknown: no schedule, no tick that ended ok, no final jobs_left, a
//   tick in doubt with the greatest now of all, or too little evidence.
// pass: otherwise.
// Figures: boundaries, jobs, told, ticks, ticks_in_doubt, cut_off, lost, doubled.
#ifndef HARNESS_ORACLE_FIRED_ONCE_H_
#define HARNESS_ORACLE_FIRED_ONCE_H_

#include "harness/oracle/oracle.h"

namespace harness {

Verdict CheckFiredOnce(const History& history, const Expectation& expectation);

}  // namespace harness

#endif  // HARNESS_ORACLE_FIRED_ONCE_H_
