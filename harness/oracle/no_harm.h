// WAKE-HARMLESS, and LOCKS-KEPT in its thin form: watching does no harm to those who write.
//
// (a) Writers: from the first `watch` on, no `commit` fails, with BUSY or otherwise.
// (b) Locks: what a process held in the runner's `locks` event with when=before is still held in
// the next one of the same process and pid with when=after: byte for byte, a read lock as read or
// write.
// (c) Checkpoints: the last `exec` of a wal_checkpoint was not hindered: busy is 0, and everything
// in the log was checkpointed.
//
// Params: `max_failed` (0: so many commits may fail), `locks` (true: (b) is judged and needs a lock
//   to be held at all), `checkpoint` (false; true: (c) is judged).
// fail: more failed commits, a lost lock, a hindered checkpoint.
// unknown: no commit while a subscriber listened; (b) no lock before, or no event after; (c) no
//   checkpoint, or one that was not in WAL mode.
// pass: otherwise.
// Figures: commits_alone, commits_watched, failed_alone, failed, busy (of failed), locks_before,
//   locks_lost, checkpoint_{busy,log,done}, and how long commits took without and with a watcher:
//   commit_alone_{n,p50_us,p99_us,max_us}, commit_watched_{...}. Times never decide.
#ifndef HARNESS_ORACLE_NO_HARM_H_
#define HARNESS_ORACLE_NO_HARM_H_

#include "harness/oracle/oracle.h"

namespace harness {

Verdict CheckNoHarm(const History& history, const Expectation& expectation);

}  // namespace harness

#endif  // HARNESS_ORACLE_NO_HARM_H_
