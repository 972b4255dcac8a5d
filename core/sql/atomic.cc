#include "core/sql/atomic.h"

#include <cstring>
#include <new>
#include <optional>
#include <utility>

#include "core/sql/statement.h"

namespace honker {
namespace {

struct Call {
  const std::function<Status()>& work;
  std::optional<Error> error;
};

// The call that the next xUpdate of this thread carries out; taken by it, so that an application
// that writes to the table itself, from a trigger in the middle of our work, finds none.
thread_local Call* next_call = nullptr;

int Connect(sqlite3* db, void*, int, const char* const*, sqlite3_vtab** table, char**) {
  const int code = sqlite3_declare_vtab(db, "CREATE TABLE x(call HIDDEN, unused)");
  if (code != SQLITE_OK) return code;
  *table = static_cast<sqlite3_vtab*>(sqlite3_malloc(sizeof(sqlite3_vtab)));
  if (*table == nullptr) return SQLITE_NOMEM;
  std::memset(*table, 0, sizeof(sqlite3_vtab));
  return SQLITE_OK;
}

int Disconnect(sqlite3_vtab* table) {
  sqlite3_free(table);
  return SQLITE_OK;
}

// Read, the table is empty.
int BestIndex(sqlite3_vtab*, sqlite3_index_info*) { return SQLITE_OK; }
int Open(sqlite3_vtab*, sqlite3_vtab_cursor** cursor) {
  *cursor = static_cast<sqlite3_vtab_cursor*>(sqlite3_malloc(sizeof(sqlite3_vtab_cursor)));
  if (*cursor == nullptr) return SQLITE_NOMEM;
  std::memset(*cursor, 0, sizeof(sqlite3_vtab_cursor));
  return SQLITE_OK;
}
int Close(sqlite3_vtab_cursor* cursor) {
  sqlite3_free(cursor);
  return SQLITE_OK;
}
int Filter(sqlite3_vtab_cursor*, int, const char*, int, sqlite3_value**) { return SQLITE_OK; }
int Next(sqlite3_vtab_cursor*) { return SQLITE_OK; }
int Eof(sqlite3_vtab_cursor*) { return 1; }
int Column(sqlite3_vtab_cursor*, sqlite3_context*, int) { return SQLITE_OK; }
int Rowid(sqlite3_vtab_cursor*, sqlite3_int64* rowid) {
  *rowid = 0;
  return SQLITE_OK;
}

int Update(sqlite3_vtab* table, int, sqlite3_value**, sqlite3_int64* rowid) {
  Call* call = std::exchange(next_call, nullptr);
  if (call == nullptr) {
    table->zErrMsg = sqlite3_mprintf("this table is a part of honker and holds nothing");
    return SQLITE_ERROR;
  }
  *rowid = 1;
  try {
    Status status = call->work();
    if (status.ok()) return SQLITE_OK;
    call->error = status.error();
    return call->error->code;
  } catch (const std::bad_alloc&) {
    return SQLITE_NOMEM;  // no exception may cross SQLite's frames
  }
}

constexpr sqlite3_module MakeModule() {
  sqlite3_module module{};
  module.iVersion = 1;
  module.xConnect = Connect;  // no xCreate: the table exists by itself, under the module's name
  module.xBestIndex = BestIndex;
  module.xDisconnect = Disconnect;
  module.xOpen = Open;
  module.xClose = Close;
  module.xFilter = Filter;
  module.xNext = Next;
  module.xEof = Eof;
  module.xColumn = Column;
  module.xRowid = Rowid;
  module.xUpdate = Update;
  return module;
}
constexpr sqlite3_module kModule = MakeModule();

}  // namespace

Status Atomically(sqlite3* db, const std::function<Status()>& work) {
  const sqlite3_int64 rowid = sqlite3_last_insert_rowid(db);
  Call call{work, std::nullopt};
  // SELECT, not VALUES: only then does SQLite open the statement journal that an error needs.
  Statement insert(db, "INSERT INTO main._honker_atomic(unused) SELECT 1");
  next_call = &call;
  Status status = insert.Run();
  next_call = nullptr;
  sqlite3_set_last_insert_rowid(db, rowid);
  if (!status.ok() && call.error) return *call.error;
  return status;
}

Status RegisterAtomic(sqlite3* db) {
  const int code = sqlite3_create_module(db, "_honker_atomic", &kModule, nullptr);
  if (code != SQLITE_OK) return SqliteError(db, code);
  return Ok();
}

bool HasAtomic(sqlite3* db) {
  return Statement(db, "SELECT 1 FROM main._honker_atomic").Prepared().ok();
}

}  // namespace honker
