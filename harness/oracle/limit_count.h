// LIMIT-COUNT: never more than `limit` grants in a window, whatever is swept; and only grants
// count.
//
// Judged are the `call` ops of honker_rate_limit_try(name, limit, per). A call's window is that of
// its second, (now / per) * per; where the clock passed from one window into the next during it, it
// may belong to either and counts for neither's excess and for both as an excuse.
//
// Needs: `call`.
// fail: more grants in a window than the limit; or a call is denied in a window that cannot have
// had
//   so many grants when it ended; or a call failed, or answered neither 1 nor 0.
// unknown: no window was filled with a denial in it; where the card's `sweeps` says so, no sweep
//   (honker_rate_limit_sweep) ended between a grant and a denial.
// pass: otherwise.
// Params: `sweeps` (false).
// Figures: grants, denials, sweeps, windows.
#ifndef HARNESS_ORACLE_LIMIT_COUNT_H_
#define HARNESS_ORACLE_LIMIT_COUNT_H_

#include "harness/oracle/oracle.h"

namespace harness {

Verdict CheckLimitCount(const History& history, const Expectation& expectation);

}  // namespace harness

#endif  // HARNESS_ORACLE_LIMIT_COUNT_H_
