// How the layout gets into a file (contract in layout.h).
//
// In autocommit the statements run inside Atomically(): the write lock first, one commit at the
// end. Inside the caller's transaction that would be wrong: undoing a statement journal leaves
// SQLite's in-memory schema as it was changed, so there a savepoint does it, which reloads the
// schema.
#include "core/sql/atomic.h"
#include "core/sql/layout.h"
#include "core/sql/statement.h"

namespace honker {
namespace {

constexpr char kRefusal[] =
    "tables cannot be created inside a statement that writes or a trigger: use a SELECT of its own";

// Asks again, now that nobody else can write: another process may have been faster.
Status CreateMissing(sqlite3* db, Part part) {
  Result<std::vector<std::string>> missing = MissingParts(db, part);
  if (!missing.ok()) return missing.error();
  for (const std::string& sql : missing.value()) {
    Status status = Execute(db, sql);
    if (!status.ok()) return status;
  }
  return Ok();
}

Status InsideTransaction(sqlite3* db, Part part) {
  // Ready before anything can go wrong: after sqlite3_interrupt() no ROLLBACK runs while the
  // calling statement is alive, but SQLite rolls everything back when a statement that writes is
  // interrupted.
  Statement rollback_to(db, "ROLLBACK TO _honker_layout");
  Statement release(db, "RELEASE _honker_layout");
  Statement breaker(db, "INSERT INTO main._honker_atomic(unused) SELECT 1");
  Status begun = Execute(db, "SAVEPOINT _honker_layout");
  if (!begun.ok()) {
    if ((begun.error().code & 0xFF) != SQLITE_BUSY) return begun;
    return Error{SQLITE_ERROR, kRefusal};
  }
  Status status = CreateMissing(db, part);
  if (status.ok()) return release.Run();
  if (sqlite3_get_autocommit(db) != 0) return status;  // SQLite has rolled back everything already
  Status undone = rollback_to.Run();
  if (undone.ok()) undone = release.Run();
  if (!undone.ok()) (void)breaker.Run().ok();
  return status;
}

}  // namespace

Status BringUpToDate(sqlite3* db, Part part) {
  Result<std::vector<std::string>> missing = MissingParts(db, part);
  if (!missing.ok()) return missing.error();
  if (missing.value().empty()) return Ok();
  if (sqlite3_get_autocommit(db) == 0) return InsideTransaction(db, part);
  if (sqlite3_txn_state(db, nullptr) == SQLITE_TXN_WRITE) {
    return Error{SQLITE_ERROR, kRefusal};
  }
  return Atomically(db, [&] { return CreateMissing(db, part); });
}

}  // namespace honker
