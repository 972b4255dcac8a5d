// OPEN-RACE: any number of processes do the same thing at the same moment, and all succeed.
//
// Needs: the calls that `op` names.
// Params: `op` (required), `containing` (only calls whose `sql` contains this text), `processes`
//   (2: so many have to take part).
// fail: a call failed, or never ended in a process that nobody killed.
// unknown: too few processes took part, no two calls of different processes overlapped in time
//   (where there were several), or one was cut off by a kill.
// pass: all ended ok.
// Figures: calls, processes, ok, failed, in_doubt, overlapping (calls during which one of another
//   process was under way), took_{n,p50_us,p99_us,max_us}.
#ifndef HARNESS_ORACLE_ALL_SUCCEED_H_
#define HARNESS_ORACLE_ALL_SUCCEED_H_

#include "harness/oracle/oracle.h"

namespace harness {

Verdict CheckAllSucceed(const History& history, const Expectation& expectation);

}  // namespace harness

#endif  // HARNESS_ORACLE_ALL_SUCCEED_H_
