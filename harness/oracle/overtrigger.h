// WAKE-OVERTRIGGER: a consumer that re-reads on each wake is not woken by its own reading for ever.
//
// The actor stops a subscriber that 1,000 wakes in a row showed nothing new (fewer each where many
// watch together and wake each other: harness/actor/subscriber.h), and says
// `overtrigger`.
//
// Needs: `watch`, `wake` and `overtrigger` events.
// Params: none.
// fail: an `overtrigger` event.
// unknown: no subscriber ever woke.
// pass: otherwise.
// Figures: overtriggered, wakes, spurious, longest_idle_run (wakes in a row that showed nothing
//   new).
#ifndef HARNESS_ORACLE_OVERTRIGGER_H_
#define HARNESS_ORACLE_OVERTRIGGER_H_

#include "harness/oracle/oracle.h"

namespace harness {

Verdict CheckOvertrigger(const History& history, const Expectation& expectation);

}  // namespace harness

#endif  // HARNESS_ORACLE_OVERTRIGGER_H_
