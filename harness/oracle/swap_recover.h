// SWAP-RECOVER: closing and opening again gives a fresh watcher; nothing committed after that is
// missed.
//
// Judged are the subscribers of watchers that were opened after the last `fault` aimed at files
// ended, in processes that had been listening when a fault happened and had closed all their
// handles since. Their commits are judged as WAKE-SEEN judges them (seen.h). The card has to let
// its writers open the new file: what is committed to the old one is lost here, too.
//
// Needs: what wake_seen needs, `fault`, `unwatch`.
// Params: `min_commits` (1).
// fail: such a `watch` was refused, a fresh watcher died, or a commit is lost to it.
// unknown: no fault, nobody reopened, nothing judged, or something undecided.
// pass: every judged commit was seen.
// Figures: reopened, refused, fresh_deaths, commits_judged, judged, seen, lost, undecided,
//   latency_{n,p50_us,p99_us,max_us}.
#ifndef HARNESS_ORACLE_SWAP_RECOVER_H_
#define HARNESS_ORACLE_SWAP_RECOVER_H_

#include "harness/oracle/oracle.h"

namespace harness {

Verdict CheckSwapRecover(const History& history, const Expectation& expectation);

}  // namespace harness

#endif  // HARNESS_ORACLE_SWAP_RECOVER_H_
