// SWAP-DEATH, SWAP-LATER, SWAP-FALSE: the database file is replaced, and every subscriber learns
// it.
//
// Judged is every subscriber that listened when a `fault` aimed at files began. It has to die: a
// `dead` event, or a result `dead`. A result `quiet` of an `await_death` that began after the
// replacement is the silent hang that must never be: its limit passed and the watcher was proved
// awake. Death is said with both identities on one line of stderr, as SPEC section 4 has it:
//   database file replaced: expected (dev=X, ino=Y), found (dev=X, ino=Z)
// A swap by unlink_recreate, and a restore by Litestream, leave the name without a file for a
// while: "found nothing" is true then.
//
// Needs: `watch`, `fault` with `before` and `after`, `await_death`; the process's `died` event,
//   since its `stderr` events are added then.
// Params: `message` (true: the line on stderr is asked for where the identity changed),
//   `require_change` (true; false judges a fault that left the identity as it was, too), `later`
//   (false; true: besides, every `watch` that came while the process held a dead handle of the same
//   backend was refused with the death sentence, or opened and died).
// fail: a silent hang; a death before any fault; a dead subscriber that is said to live again;
//   another code than -1; no line on stderr, or one with other identities; later: any other answer.
// unknown: no replacement, a limit passed without proof, stderr not collected, or "inode number was
//   reused: measured only" where the identity came out the same.
// pass: otherwise.
// Figures: replacements, judged, died, silent, false_deaths, reused (judged, but the identity did
//   not change), reused_died, undecided, later_asks, detection_max_ms and
//   detection_{n,p50_us,p99_us,max_us} (from the end of the first fault to the news), later_max_ms.
#ifndef HARNESS_ORACLE_SWAP_DEATH_H_
#define HARNESS_ORACLE_SWAP_DEATH_H_

#include "harness/oracle/oracle.h"

namespace harness {

Verdict CheckSwapDeath(const History& history, const Expectation& expectation);

}  // namespace harness

#endif  // HARNESS_ORACLE_SWAP_DEATH_H_
