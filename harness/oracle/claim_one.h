// CLAIM-ONE: a job is under at most one valid claim at any time.
//
// Judged by the database's own clock: a claim made at claim_expires_at - lease_s holds up to and
// with claim_expires_at, unless its holder acked the job before. A claim call in doubt (its worker
// was killed) may have claimed any job once; it is never held against anybody, and explains a gap
// in `attempts`.
//
// Needs: `claim` and `ack` calls.
// Params: `min_claims` (1), `min_workers` (1: distinct names that got a job), `min_reclaims` (0):
//   evidence that is asked for.
// fail: two claims of one job hold at the same second; a job is claimed by a call that began after
//   an ack of it was done; two acks of one job are done; `attempts` does not rise by one from claim
//   to claim (claims in doubt aside).
// unknown: too little happened.
// pass: otherwise.
// Figures: claims (jobs handed out), jobs, workers, reclaims, in_doubt (claim calls), acks (done),
//   late_acks (answered 0), overlaps, after_ack, double_acks, attempt_errors.
#ifndef HARNESS_ORACLE_CLAIM_ONE_H_
#define HARNESS_ORACLE_CLAIM_ONE_H_

#include "harness/oracle/oracle.h"

namespace harness {

Verdict CheckClaimOne(const History& history, const Expectation& expectation);

}  // namespace harness

#endif  // HARNESS_ORACLE_CLAIM_ONE_H_
