// WAKE-ONCE: commit, wake, next commit: exactly one wake each; bursts coalesce.
//
// The history is cut at every `quiesce` that proved a subscriber quiet while nothing else was under
// way. Between two cuts, the wakes from the first invoke to the end of the closing quiesce belong
// to the commits there: one commit, exactly one wake (0 is missed, more is doubled); several
// commits, at least one wake and no more than there were commits. Stretches in which anything else
// touched the database (exec, rollback, open ...) are not judged.
//
// Needs: `watch`, `commit`, `wake` events, a `quiesce` after each commit.
// Params: `min_steps` (1: so many single commits have to be judged, counted per subscriber);
//   `also` (array of ops: each of these is one commit, too, in this history).
// fail: a missed or a doubled wake.
// unknown: too few single commits between two proofs of silence, or a commit that no proof follows
//   while the subscriber listens on.
// pass: otherwise.
// Figures: steps (single commits judged), bursts, skipped (stretches not judged), missed, doubled,
//   undecided; all per subscriber.
#ifndef HARNESS_ORACLE_WAKE_ONCE_H_
#define HARNESS_ORACLE_WAKE_ONCE_H_

#include "harness/oracle/oracle.h"

namespace harness {

Verdict CheckWakeOnce(const History& history, const Expectation& expectation);

}  // namespace harness

#endif  // HARNESS_ORACLE_WAKE_ONCE_H_
