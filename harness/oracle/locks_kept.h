// LOCKS-KEPT: every lock that SQLite in a process believes it holds is one that other processes
// see.
//
// A house oracle: it judges every cell, beside the oracles of the card. What it goes by are the
// runner's looks after every op and the actor's own after each op inside a longer one (events
// `locks_looked`), and what they found: `lock_lost` (the runner; with `by` where the recorder saw
// the call that released it) and `lock_missing` (an actor of itself).
//
// A loss that the kernel did not show (`seen` false) does not count: the recorder then knows of a
// call that should have released a lock, and no more.
//
// Neither does one by a close of SQLite's own (the caller is libsqlite3.so): measured with 3.40.1,
// and the code is the same in 3.53.2, a connection that is closed while another thread of the
// process takes the first lock on the file takes that lock along (unixClose looks whether locks are
// held, lets the inode's mutex go, and closes then). No subject can help it; it is counted as
// `by_sqlite`.
//
// No params.
// fail: a lock was lost. The proof is the op of the losing process that was under way, the call,
// and
//   the look.
// unknown: no lock was held while anybody looked.
// pass: otherwise.
// Figures: looks, judged (locks, once for each look), granted (lock calls), lost, by_sqlite,
// unseen, left_out
//   (locks that found no place in a book and were not judged).
#ifndef HARNESS_ORACLE_LOCKS_KEPT_H_
#define HARNESS_ORACLE_LOCKS_KEPT_H_

#include "harness/oracle/oracle.h"

namespace harness {

inline constexpr std::string_view kLocksClaim = "LOCKS-KEPT";

Verdict CheckLocksKept(const History& history, const Expectation& expectation);

}  // namespace harness

#endif  // HARNESS_ORACLE_LOCKS_KEPT_H_
