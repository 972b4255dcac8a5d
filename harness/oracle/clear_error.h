// OPEN-CLEAR: where a database cannot be used, one clear error or a documented degraded mode;
// nothing is created or left behind.
//
// One `place` event of the runner says where caller:1 tries: `words`, of which a clear error has
// one (in any case, and not in one of the `paths`), `loaded` and `bootstrapped`: whether the
// notifications table, and every table, is there already; nothing can be written. control:1 did the
// same before without the subject, and read: where SQLite itself fails, the subject has to, and may
// say what SQLite said. caller:1 then opens with `load`, and where that worked calls
// honker_bootstrap(). `folder` events before and after list the files: name, `size`, and `sum` of
// what is in it.
//
// Needs: `place`, `folder`, `open` and `exec` of control:1 and caller:1.
// fail: loading fails though the table is there and SQLite can read; or works where it has to fail;
//   or bootstrapping works though tables are missing; an error without any of the words; more than
//   one line on stderr; another folder than before.
// unknown: caller:1 or control:1 did not try, or did not end; the folder was not listed twice.
// pass: otherwise.
// Figures: errors, worked (calls of caller:1), stderr_lines, files.
#ifndef HARNESS_ORACLE_CLEAR_ERROR_H_
#define HARNESS_ORACLE_CLEAR_ERROR_H_

#include "harness/oracle/oracle.h"

namespace harness {

Verdict CheckClearError(const History& history, const Expectation& expectation);

}  // namespace harness

#endif  // HARNESS_ORACLE_CLEAR_ERROR_H_
