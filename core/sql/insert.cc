#include "core/sql/insert.h"

namespace honker {

Result<Answer> InsertedId(sqlite3* db, Statement& insert) {
  const sqlite3_int64 before = sqlite3_last_insert_rowid(db);
  sqlite3_set_last_insert_rowid(db, 0);  // and it stays so where a trigger ignores the row
  Status status = insert.Run();
  const sqlite3_int64 id = sqlite3_last_insert_rowid(db);
  sqlite3_set_last_insert_rowid(db, before);
  if (!status.ok()) return status.error();
  return Answer{int64_t{id}};
}

Result<Answer> ChangedRows(sqlite3* db, Statement& write) {
  const sqlite3_int64 before = sqlite3_last_insert_rowid(db);
  Status status = write.Run();
  sqlite3_set_last_insert_rowid(db, before);
  if (!status.ok()) return status.error();
  return Answer{write.Changes()};
}

}  // namespace honker
