// Several statements, all or nothing, wherever the SQL function is called.
//
// SAVEPOINT is refused inside a writing statement, BEGIN inside a transaction, and after
// sqlite3_interrupt() neither COMMIT nor ROLLBACK runs while the calling statement is alive. So the
// work runs *inside one INSERT* into a virtual table of ours, from its xUpdate, the way full-text
// search writes its index: SQLite itself commits, undoes or, after an interrupt, rolls back that
// one statement. Measured on 3.40.1 for SELECT f() with and without FROM, INSERT ... SELECT f(),
// VALUES(f()), UPDATE, RETURNING and triggers, in autocommit and inside BEGIN.
//
// - In autocommit the write lock is taken first, with the busy handler, and the commit (and the
//   auto-checkpoint) happens when the INSERT ends. Inside a writing statement of the caller or a
//   transaction, the caller's end decides.
// - An error of the work undoes exactly the work: INSERT ... SELECT into a virtual table opens a
//   statement journal on main, which holds whatever the work writes there.
// - In autocommit a caller's SELECT can still be interrupted after the INSERT has committed and our
//   function has returned: the work is done then, and its answer is lost (a claim comes back when
//   its lease ends). Only a caller's transaction closes that gap.
// - Where the calling statement reads a table (SELECT f(x) FROM t) in WAL and there was a commit
//   since it began, SQLite answers SQLITE_BUSY_SNAPSHOT at once, without the busy handler: an old
//   snapshot cannot be written upon. json_each() counts as a table.
// - sqlite3_deserialize() of main between two calls is noticed (main_place.h), and a fresh table is
//   used from then on. Not covered: SQLite itself crashes where the application names the old
//   table, or any other table without CREATE such as json_each() that it had used before, after a
//   deserialize.
#ifndef CORE_SQL_ATOMIC_H_
#define CORE_SQL_ATOMIC_H_

#include <functional>

#include "core/base/result.h"
#include "core/sql/sqlite_api.h"

namespace honker {

// Runs `work` under the write lock of main. Ok when the work returned ok and the INSERT ended; then
// it is as durable as a commit of the caller, or part of the caller's transaction. Otherwise the
// error of the work or of SQLite, and nothing of the work remains. The rowid that
// last_insert_rowid() shows is the one from before.
Status Atomically(sqlite3* db, const std::function<Status()>& work);

// Makes the virtual table known to the connection; called once, at load.
Status RegisterAtomic(sqlite3* db);

}  // namespace honker

#endif  // CORE_SQL_ATOMIC_H_
