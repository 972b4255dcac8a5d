// STREAM-ORDER: offsets rise in the order of the commits, over all streams together, and a reader
// that follows them misses nothing and is shown nothing that was not committed.
//
// Needs: `stream_publish`, `stream_since`.
// Params: `min_overlapping` (0): reads that ran while something was being published, as evidence.
// fail: a publish that began after another had ended and got a smaller offset, or the same; a read
//   that is not ascending or not behind its offset; a committed event that a read has passed over
//   (it shows later ones), also where that was committed after the read: the reader would never
//   look there again; an event that was committed before a read began, and that the read does not
//   show though it shows fewer than its limit; an event that nobody committed, or another payload.
// unknown: nothing published, no read that showed anything, or too little evidence.
// pass: otherwise.
// Figures: published, rolled_back, in_doubt, reads, shown, overlapping, missed, ghosts.
#ifndef HARNESS_ORACLE_STREAM_ORDER_H_
#define HARNESS_ORACLE_STREAM_ORDER_H_

#include "harness/oracle/oracle.h"

namespace harness {

Verdict CheckStreamOrder(const History& history, const Expectation& expectation);

}  // namespace harness

#endif  // HARNESS_ORACLE_STREAM_ORDER_H_
