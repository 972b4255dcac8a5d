// WAKE-QUIET, WAKE-ROLLBACK: nothing is committed, nobody wakes.
//
// The runner brackets what is being tried with a `window` call. A wake of a subscriber that
// listened all through a window, its wait having returned inside, is spurious. Evidence that
// silence means something: inside the window, after the last thing done there, a `quiesce` proved
// the subscriber quiet; and after its last window a commit was seen by a wake of it: the watcher
// lived all the time.
//
// Needs: `watch`, `window`, a `quiesce` inside each window, a `commit` and its `wake` after the
//   last.
// Params: none.
// fail: a spurious wake.
// unknown: no window, no quiesce at its end, no commit seen afterwards, a commit inside a window,
//   an unexplained end of a subscriber inside one, or a wake inside one that what went before may
//   have caused (no proof of silence lay between).
// pass: otherwise.
// Figures: windows, judged (pairs of window and subscriber), spurious, undecided, windows_<what>,
//   spurious_<what> (blanks as _).
#ifndef HARNESS_ORACLE_WAKE_SILENCE_H_
#define HARNESS_ORACLE_WAKE_SILENCE_H_

#include "harness/oracle/oracle.h"

namespace harness {

Verdict CheckWakeSilence(const History& history, const Expectation& expectation);

}  // namespace harness

#endif  // HARNESS_ORACLE_WAKE_SILENCE_H_
