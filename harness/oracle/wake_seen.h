// WAKE-SEEN: every commit is followed by a wake whose re-read sees it. What is seen, lost and
// undecided is defined in seen.h.
//
// Needs: `watch`, `commit`, `wake` events, and an `await` or `quiesce` after the commits.
// Params: `writers` (array: only the commits of these writers; all where absent), `min_commits` (1:
//   so many distinct commits have to be judged, else there is no evidence).
// fail: a commit is lost to a subscriber.
// unknown: nothing judged, too little judged, or something undecided.
// pass: every judged commit was seen.
// Figures: commits, judged, seen, lost, lost_commits, longest_loss (commits in a row), never_seen
// (lost
//   and not made good by a later wake), undecided, left, subscribers, wakes, spurious (wakes whose
//   re-read saw nothing new), reread_errors, latency_{n,p50_us,p99_us,max_us} (from the end of the
//   commit to the wake whose re-read saw it; a wake may precede the return of COMMIT).
#ifndef HARNESS_ORACLE_WAKE_SEEN_H_
#define HARNESS_ORACLE_WAKE_SEEN_H_

#include "harness/oracle/oracle.h"

namespace harness {

Verdict CheckWakeSeen(const History& history, const Expectation& expectation);

}  // namespace harness

#endif  // HARNESS_ORACLE_WAKE_SEEN_H_
