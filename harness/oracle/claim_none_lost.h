// CLAIM-NONE-LOST, CLAIM-NO-GHOST: every committed job is finished exactly once, and no other is
// seen.
//
// A job that an `enqueue` acknowledged (not rolled back) has to be in exactly one place in the end:
// acked (an `ack` with done=1), or in the last `jobs_left` of its queue, live or dead. Where an ack
// of it is in doubt, nothing left counts as acked. A ghost is a job that was claimed, or is left,
// though no enqueue that may have been committed gave it that id and key.
//
// Needs: `enqueue`, `claim`, `ack`, and one `jobs_left` a queue after everything else.
// Params: `queue` (""; of this queue alone: jobs of others are not looked at), `all_acked` (false;
// true: nothing may be left, live or dead), `min_jobs` (1),
//   `min_killed_holding` (0: workers that a signal ended and that a `held` event shows with a valid
//   claim before): evidence that is asked for.
// fail: a lost job, one in two places or acked twice, a ghost; all_acked: a job that is left.
// unknown: no jobs_left of a queue, something still under way when it was taken, nothing acked, or
//   too little evidence.
// pass: otherwise.
// Figures: jobs, acked, acked_in_doubt, dead, left, reclaimed (jobs claimed more than once), lost,
//   duplicated, ghosts, rolled_back, enqueues_in_doubt, workers_killed, killed_holding, nudges.
#ifndef HARNESS_ORACLE_CLAIM_NONE_LOST_H_
#define HARNESS_ORACLE_CLAIM_NONE_LOST_H_

#include "harness/oracle/oracle.h"

namespace harness {

Verdict CheckClaimNoneLost(const History& history, const Expectation& expectation);

}  // namespace harness

#endif  // HARNESS_ORACLE_CLAIM_NONE_LOST_H_
