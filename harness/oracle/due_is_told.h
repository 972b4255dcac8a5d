// CLAIM-WAKE: a job that falls due between a worker's empty claim and its question when to come
// back is told to it; nothing else would wake it, for falling due is no commit.
//
// Judged is every `next_claim_at` of a process that began after a `due` event of its queue, whose
// last claim there had ended with nothing before that event and had begun after the job was
// enqueued, and where the job was claimed, at its first attempt, only after the answer: so it could
// be claimed all along. The answer has to be a moment that has passed.
//
// Needs: `enqueue`, `claim`, `next_claim_at`, the runner's `due` events.
// fail: 0, or a moment later than the `now` of the event.
// unknown: nothing to judge.
// pass: otherwise.
// Figures: due (events), judged, untold.
#ifndef HARNESS_ORACLE_DUE_IS_TOLD_H_
#define HARNESS_ORACLE_DUE_IS_TOLD_H_

#include "harness/oracle/oracle.h"

namespace harness {

Verdict CheckDueIsTold(const History& history, const Expectation& expectation);

}  // namespace harness

#endif  // HARNESS_ORACLE_DUE_IS_TOLD_H_
