#include "core/sql/atomic.h"

#include <new>
#include <optional>
#include <string>
#include <utility>

#include "core/sql/connection.h"
#include "core/sql/empty_table.h"
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

const sqlite3_module kModule = [] {
  sqlite3_module module = EmptyTableModule();
  module.xUpdate = Update;
  return module;
}();

// A table is of use as long as main stays where it is. Where it has been moved another name is
// registered: removing or replacing a table that was used would expire every statement of the
// connection, and with it the caller's, which then fails where it opens a cursor after our call
// (INSERT ... SELECT f() RETURNING). Old tables go with the connection.
Status MakeUsable(sqlite3* db, AtomicTable& table) {
  if (table.place.Stayed(db)) return Ok();
  const std::string name = "_honker_atomic_" + std::to_string(table.number + 1);
  const int code = sqlite3_create_module(db, name.c_str(), &kModule, nullptr);
  if (code != SQLITE_OK) return SqliteError(db, code);
  ++table.number;
  table.insert = "INSERT INTO main." + name + "(unused) SELECT 1";
  table.place.Note(db);
  return Ok();
}

}  // namespace

Status Atomically(sqlite3* db, const std::function<Status()>& work) {
  Connection* connection = Connection::Of(db);
  if (connection == nullptr) {
    return Error{SQLITE_ERROR, "honker's modules were dropped: load it again"};
  }
  Status usable = MakeUsable(db, connection->atomic);
  if (!usable.ok()) return usable;
  const sqlite3_int64 rowid = sqlite3_last_insert_rowid(db);
  Call call{work, std::nullopt};
  Statement insert(db, connection->atomic.insert);
  next_call = &call;
  Status status = insert.Run();
  next_call = nullptr;
  sqlite3_set_last_insert_rowid(db, rowid);
  // Our own writes may have moved the bytes of an image.
  connection = Connection::Of(db);
  if (connection != nullptr && connection->atomic.place.is_image())
    connection->atomic.place.Note(db);
  if (!status.ok() && call.error) return *call.error;
  return status;
}

Status RegisterAtomic(sqlite3* db) {
  const int code = sqlite3_create_module(db, "_honker_atomic", &kModule, nullptr);
  if (code != SQLITE_OK) return SqliteError(db, code);
  return Ok();
}

}  // namespace honker
