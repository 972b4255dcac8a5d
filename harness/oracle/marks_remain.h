// FS-HONEST, FAULT-CLEAN: in the end every mark that was acknowledged is there, none that was
// refused is, and the database is intact.
//
// auditor:1 looks after everything else: by an `exec` of a statement that names harness_marks,
// whose rows are [writer, seq], and one of `PRAGMA integrity_check`, whose only row is "ok". A
// commit in doubt may be there or not.
//
// Needs: `commit`, and these two of auditor:1.
// Params: `refused` (false; true: an `open` or `setup` of a writer that failed is what was to
// happen,
//   as long as nothing that was acknowledged is lost), `error` (0: the primary result code with
//   which a commit has to have failed: evidence).
// fail: a mark older than an acknowledged one; a mark that only a failed commit has set; damage;
// the
//   auditor cannot read.
// unknown: nothing was acknowledged (nor refused, where that counts), nobody looked, or no commit
//   failed with that error.
// pass: otherwise.
// Figures: commits, acked, failed, in_doubt, lost (acknowledged, and not there), ghosts, refused
//   (calls), judged (acked).
#ifndef HARNESS_ORACLE_MARKS_REMAIN_H_
#define HARNESS_ORACLE_MARKS_REMAIN_H_

#include "harness/oracle/oracle.h"

namespace harness {

Verdict CheckMarksRemain(const History& history, const Expectation& expectation);

}  // namespace harness

#endif  // HARNESS_ORACLE_MARKS_REMAIN_H_
