// WAKE-REFUSE: a backend that cannot work is refused at open with the reason; a handle that open
// returned is alive.
//
// Needs: every `watch` of the history (or of `process`); where one may open: a `commit` and an
//   `await` or `quiesce` afterwards.
// Params: `expect` (either; refused, opened), `mention` (text, or an array of texts, that every
//   refusal must contain, in any case), `stderr_mention` (text that exactly one line on stderr of
//   each process that asked must contain, the line of the fallback; needs its `died` event, with
//   which stderr is collected), `process` (only this process's calls).
// fail: the other answer than `expect`, a refusal without a reason or without what it must mention,
//   a call that never returned, an opened watcher that died, or that lost a commit and never woke
//   after it had begun (one that woke lives: whether each commit is seen is WAKE-SEEN), a missing
//   or repeated line. Where the actor found its thread gone (`thread_gone`), it is said.
// unknown: no `watch`, one that failed for another reason or found nothing to call, an opened
//   watcher without a commit that
//   its subscriber saw, stderr not collected.
// pass: otherwise.
// Figures: asks, refused, opened, judged (commits of opened subscribers), lost, stderr_lines.
#ifndef HARNESS_ORACLE_REFUSAL_H_
#define HARNESS_ORACLE_REFUSAL_H_

#include "harness/oracle/oracle.h"

namespace harness {

Verdict CheckRefusal(const History& history, const Expectation& expectation);

// What is judged in every cell whose backend has to be refused, whatever the card is about.
//
// Needs: every `watch` and `work`, and stderr.
// Params: `backend`: the one that has to be refused.
// fail: one was opened, and its process did not say on stderr that it falls back to polling.
// unknown: nobody asked. pass: otherwise.
// Figures: asks, opened, fallbacks.
Verdict CheckDeclined(const History& history, const Expectation& expectation);

}  // namespace harness

#endif  // HARNESS_ORACLE_REFUSAL_H_
