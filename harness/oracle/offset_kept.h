// STREAM-OFFSET: what a consumer saved never goes back, whoever dies meanwhile, and in the end each
// event was delivered to it at least once.
//
// Judged is each consumer of each stream by itself. An answer of `stream_offset` lies between the
// greatest offset whose saving, or showing, had ended before and the greatest whose saving may have
// happened by then; a `stream_save_offset` says 1 only for more than that least, and 0 only for
// what somebody may have saved already. Delivered is what a `stream_since` with that consumer's
// name shows.
//
// Needs: `stream_publish`, `stream_since` with `consumer`, `stream_save_offset`, `stream_offset`.
// Params: `min_redelivered` (0): events that a consumer was shown more than once, as evidence that
//   its process died between the showing and the saving.
// fail: an answer outside of its limits; an event that a consumer was never shown.
// unknown: nothing saved, no `stream_offset`, no read of a consumer that came to the end of the
//   stream after the last event, or too little evidence.
// pass: otherwise.
// Figures: saves, saves_in_doubt, answers, delivered, redelivered, undelivered.
#ifndef HARNESS_ORACLE_OFFSET_KEPT_H_
#define HARNESS_ORACLE_OFFSET_KEPT_H_

#include "harness/oracle/oracle.h"

namespace harness {

Verdict CheckOffsetKept(const History& history, const Expectation& expectation);

}  // namespace harness

#endif  // HARNESS_ORACLE_OFFSET_KEPT_H_
