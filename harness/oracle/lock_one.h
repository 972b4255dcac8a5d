// LOCK-ONE: at most one holder; renew only by a live one; a lock whose holder is gone frees at its
// time.
//
// Judged are the `call` ops of honker_lock_acquire(name, owner, ttl), honker_lock_renew(same) and
// honker_lock_release(name, owner). A grant (an acquire or renew that answers 1) was made between
// its `from` and `to`, so its owner certainly holds the lock from the grant's end on while the
// clock is before from + ttl, and certainly no more from to + ttl on, or once a release of its own
// has begun, or ended. An acquire by who holds the lock already moves nothing.
//
// Needs: `call`.
// fail: a grant to one owner while another certainly holds; a renew that is refused to a certain
//   holder, or granted to who certainly does not hold; an acquire that is refused though nobody can
//   hold; a release that answers 1 to who certainly does not hold, or 0 to a certain holder; a call
//   failed.
// unknown: no acquire was refused to a second owner; or no lock was granted to another owner after
//   its holder's time was over without a release.
// pass: otherwise.
// Figures: grants, refusals, overlapping (grants and refusals that were under way together with
//   another acquire of that lock), freed (grants after the time of a holder that never released).
#ifndef HARNESS_ORACLE_LOCK_ONE_H_
#define HARNESS_ORACLE_LOCK_ONE_H_

#include "harness/oracle/oracle.h"

namespace harness {

Verdict CheckLockOne(const History& history, const Expectation& expectation);

}  // namespace harness

#endif  // HARNESS_ORACLE_LOCK_ONE_H_
