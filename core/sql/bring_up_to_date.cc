// How the layout gets into a file (contract in layout.h).
#include "core/sql/atomic.h"
#include "core/sql/layout.h"
#include "core/sql/statement.h"

namespace honker {
namespace {

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

// SQLite would let tables be created in the middle of a caller's INSERT, and take them away again
// when that INSERT fails, without the caller having asked for either.
Status RefuseInsideWritingStatement(sqlite3* db) {
  bool writing = false;
  if (sqlite3_get_autocommit(db) != 0) {
    writing = sqlite3_txn_state(db, nullptr) == SQLITE_TXN_WRITE;
  } else {
    // In a transaction only SQLite knows, and tells by refusing a savepoint. Where the RELEASE is
    // interrupted an empty savepoint stays until the caller's COMMIT or ROLLBACK: without effect.
    Status savepoint = Execute(db, "SAVEPOINT _honker_probe");
    if (savepoint.ok()) return Execute(db, "RELEASE _honker_probe");
    if ((savepoint.error().code & 0xFF) != SQLITE_BUSY) return savepoint;
    writing = true;
  }
  if (!writing) return Ok();
  return Error{
      SQLITE_ERROR,
      "tables cannot be created inside a statement that writes or a trigger: use a SELECT of "
      "its own"};
}

}  // namespace

Status BringUpToDate(sqlite3* db, Part part) {
  Result<std::vector<std::string>> missing = MissingParts(db, part);
  if (!missing.ok()) return missing.error();
  if (missing.value().empty()) return Ok();
  Status allowed = RefuseInsideWritingStatement(db);
  if (!allowed.ok()) return allowed;
  Status status = Atomically(db, [&] { return CreateMissing(db, part); });
  // Inside a caller's transaction a failure undoes the file and leaves SQLite's idea of the schema
  // as it had become. Any statement notices that by the schema's version and loads it anew: let it
  // be one of ours, before the version can come round to the same number.
  if (!status.ok()) (void)Execute(db, "SELECT 1 FROM main.sqlite_schema LIMIT 0").ok();
  return status;
}

}  // namespace honker
