#include "core/sql/insert.h"

namespace honker {

Result<Answer> InsertedId(sqlite3* db, Statement& insert) {
  const sqlite3_int64 before = sqlite3_last_insert_rowid(db);
  Result<bool> row = insert.Step();
  const int64_t id = row.ok() && row.value() ? insert.ColumnInt(0) : 0;
  Status status = row.ok() ? insert.Run() : Status(row.error());
  sqlite3_set_last_insert_rowid(db, before);
  if (!status.ok()) return status.error();
  return Answer{id};
}

}  // namespace honker
