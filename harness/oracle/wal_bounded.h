// WAL-BOUNDED: however calls are stepped, the WAL stays about as large as the auto-checkpoint lets
// it grow.
//
// Judged are the `wal` events of the runner, each about the `repeat` calls before it: `bytes` of
// the file (it never shrinks by itself), `page_size`, `autocheckpoint` in pages, and `read_open`
// where the connection had another read open during the last of those calls. The bound is half as
// much again as the auto-checkpoint's pages with their frame headers: what the transaction adds
// that reaches it. With a read open SQLite never checkpoints, which is documented: such an event
// only says what the file grew to, and the bound of later ones is that size and a tenth of the
// auto-checkpoint's.
//
// Needs: `repeat`, `wal`.
// fail: a file is larger than its bound; or a `repeat` failed.
// unknown: fewer pages were written since the event before than would have filled three such files;
//   or no event at all was bounded.
// pass: otherwise.
// Figures: calls, pages_written, wal_bytes (the largest of bounded ones), wal_open_bytes (with a
//   read open), bound_bytes.
#ifndef HARNESS_ORACLE_WAL_BOUNDED_H_
#define HARNESS_ORACLE_WAL_BOUNDED_H_

#include "harness/oracle/oracle.h"

namespace harness {

Verdict CheckWalBounded(const History& history, const Expectation& expectation);

}  // namespace harness

#endif  // HARNESS_ORACLE_WAL_BOUNDED_H_
