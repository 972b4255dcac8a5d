// FAULT-CLEAN on a full disk: a call that does not fit is an error, and the right one.
//
// Reads `enqueue`, `claim` and `ack`. fail: one of them failed otherwise than with SQLITE_FULL, or
// was left in doubt by anything but an I/O error. unknown: no enqueue failed with SQLITE_FULL: the
// disk was never full. Whether a call that failed did nothing is claim_none_lost's. Figures:
// failed_enqueue, failed_claim, failed_ack, fitted (calls that ended ok).
#ifndef SCENARIOS_FS_FULL_MET_H_
#define SCENARIOS_FS_FULL_MET_H_

#include "harness/oracle/oracle.h"

namespace scenarios::fs {

harness::Verdict CheckFullMet(const harness::History& history,
                              const harness::Expectation& expectation);

}  // namespace scenarios::fs

#endif  // SCENARIOS_FS_FULL_MET_H_
