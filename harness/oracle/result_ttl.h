// RESULT-TTL: a result is there until its time is over, then not, whatever is swept.
//
// Judged is every `call` of honker_result_get(job) by the last honker_result_save(job, value, ttl)
// that ended before it began, where no other save of that job was under way meanwhile. The save's
// moment lies between its `from` and `to`, so the result is certainly there while the get's `to` is
// before from + ttl, and certainly gone when its `from` has reached to + ttl; ttl <= 0 is for ever.
//
// Needs: `call`.
// fail: a get answers something else, or NULL too early; or the value when it is gone; a call
// failed. unknown: no get found a result there, or none found one gone whose time was over; or,
// where
//   the card's `sweeps` says so, honker_result_sweep was not called before both.
// pass: otherwise.
// Params: `sweeps` (false).
// Figures: there, gone, judged, sweeps.
#ifndef HARNESS_ORACLE_RESULT_TTL_H_
#define HARNESS_ORACLE_RESULT_TTL_H_

#include "harness/oracle/oracle.h"

namespace harness {

Verdict CheckResultTtl(const History& history, const Expectation& expectation);

}  // namespace harness

#endif  // HARNESS_ORACLE_RESULT_TTL_H_
