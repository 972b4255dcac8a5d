#include "core/sql/atomic.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <string>
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
constexpr char kName[] = "_honker_atomic";

// What main is stored in, as far as it can be told without touching a table.
//
// SQLite makes a table like ours at its first use, for good, with a pointer to the schema object of
// main. sqlite3_deserialize() frees that object, and any later statement that names the table
// (json_each and pragma_table_info just as well, seen on 3.40.1, and in the source of 3.53.2)
// follows the pointer and reads beyond an array. So whether it happened has to be known beforehand.
struct Place {
  sqlite3_file* file = nullptr;
  std::string vfs;      // in a deserialized database with the address of its bytes
  int64_t fetches = 0;  // pages asked for so far; only counted there

  // Another place, or this one made anew: then the count started again. What costs a table and
  // nothing else is a wrong yes: the bytes have moved since, or the application resets the counts.
  bool IsAfter(const Place& before) const {
    return file == before.file && vfs == before.vfs && fetches >= before.fetches;
  }
};

int64_t Counted(sqlite3* db, int what) {
  int now = 0;
  int highest = 0;
  sqlite3_db_status(db, what, &now, &highest, 0);
  return now;
}

Place PlaceOfMain(sqlite3* db) {
  Place place;
  sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &place.file);
  char* vfs = nullptr;
  sqlite3_file_control(db, "main", SQLITE_FCNTL_VFSNAME, &vfs);
  const std::unique_ptr<char, void (*)(void*)> freed(vfs, [](void* text) { sqlite3_free(text); });
  if (vfs == nullptr) return place;
  place.vfs = vfs;
  if (place.vfs.starts_with("memdb(")) {
    place.vfs.resize(std::min(place.vfs.find(','), place.vfs.size()));  // the size follows
    place.fetches =
        Counted(db, SQLITE_DBSTATUS_CACHE_HIT) + Counted(db, SQLITE_DBSTATUS_CACHE_MISS);
  }
  return place;
}

// The table of a connection, which is of use as long as main stays where it is. Where it has been
// moved another name is registered: removing or replacing a table that was used would expire every
// statement of the connection, and with it the caller's, which then fails where it opens a cursor
// after our call (INSERT ... SELECT f() RETURNING). Old tables go with the connection.
struct Table {
  std::string name;
  Place place;
  int64_t number = 1;
};

// Used by one thread at a time, the one that has the connection; the map is not.
struct Tables {
  std::mutex mutex;
  std::map<sqlite3*, std::unique_ptr<Table>> of;
};
Tables& AllTables() {
  static auto* tables = new Tables;  // connections may be closed after static objects are gone
  return *tables;
}

Table* TableOf(sqlite3* db) {
  Tables& tables = AllTables();
  const std::lock_guard lock(tables.mutex);
  const auto found = tables.of.find(db);
  return found == tables.of.end() ? nullptr : found->second.get();
}

void Forget(void* db) {
  Tables& tables = AllTables();
  const std::lock_guard lock(tables.mutex);
  tables.of.erase(static_cast<sqlite3*>(db));
}

Status MakeUsable(sqlite3* db, Table& table) {
  Place place = PlaceOfMain(db);
  if (place.IsAfter(table.place)) return Ok();
  std::string name = "_honker_atomic_" + std::to_string(++table.number);
  const int code = sqlite3_create_module(db, name.c_str(), &kModule, nullptr);
  if (code != SQLITE_OK) return SqliteError(db, code);
  table.name = std::move(name);
  table.place = std::move(place);
  return Ok();
}

}  // namespace

Status Atomically(sqlite3* db, const std::function<Status()>& work) {
  Table* table = TableOf(db);
  if (table == nullptr) return Error{SQLITE_ERROR, "honker's modules were dropped: load it again"};
  Status usable = MakeUsable(db, *table);
  if (!usable.ok()) return usable;
  const sqlite3_int64 rowid = sqlite3_last_insert_rowid(db);
  Call call{work, std::nullopt};
  // SELECT, not VALUES: only then does SQLite open the statement journal that an error needs.
  Statement insert(db, "INSERT INTO main." + table->name + "(unused) SELECT 1");
  next_call = &call;
  Status status = insert.Run();
  next_call = nullptr;
  sqlite3_set_last_insert_rowid(db, rowid);
  table->place = PlaceOfMain(db);  // our own writes may have moved the bytes
  if (!status.ok() && call.error) return *call.error;
  return status;
}

Status RegisterAtomic(sqlite3* db) {
  auto table = std::make_unique<Table>(Table{kName, PlaceOfMain(db)});
  {
    Tables& tables = AllTables();
    const std::lock_guard lock(tables.mutex);
    tables.of[db] = std::move(table);
  }
  const int code = sqlite3_create_module_v2(db, kName, &kModule, db, Forget);
  if (code != SQLITE_OK) return SqliteError(db, code);
  return Ok();
}

bool HasAtomic(sqlite3* db) { return TableOf(db) != nullptr; }

}  // namespace honker
