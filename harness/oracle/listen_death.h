// SWAP-DEATH, SWAP-LATER for listeners: the database file is replaced, and who listens is told.
//
// Judged is every listener that was there when a `fault` which changed the identity of the database
// began. It has to end by itself, with a sentence (`listen_ended`). With `later` judged are the
// others: those asked for when a listener of the same process and connection had ended by itself.
// They are refused, or end in the same way; each has been asked about with `await_death`.
//
// Needs: `open`, `listen`, `fault` with `before` and `after`, `await_death`, `listen_ended`.
// Params: `later` (false).
// fail: silence that was proved after the replacement (`quiet`); an end before any replacement; an
//   end without a sentence.
// unknown: no replacement, none to judge, or one neither ended nor proved silent.
// pass: otherwise.
// Figures: judged, ended, silent, and ended_max_ms (from the end of the replacement to the end).
#ifndef HARNESS_ORACLE_LISTEN_DEATH_H_
#define HARNESS_ORACLE_LISTEN_DEATH_H_

#include "harness/oracle/oracle.h"

namespace harness {

Verdict CheckListenDeath(const History& history, const Expectation& expectation);

}  // namespace harness

#endif  // HARNESS_ORACLE_LISTEN_DEATH_H_
