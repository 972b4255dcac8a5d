#include "core/sql/empty_table.h"

#include <cstring>

namespace honker {
namespace {

// Zeroed memory of SQLite's, or nullptr.
template <typename T>
T* New() {
  void* memory = sqlite3_malloc(sizeof(T));
  if (memory != nullptr) std::memset(memory, 0, sizeof(T));
  return static_cast<T*>(memory);
}

int BestIndex(sqlite3_vtab*, sqlite3_index_info*) { return SQLITE_OK; }
int Open(sqlite3_vtab*, sqlite3_vtab_cursor** cursor) {
  *cursor = New<sqlite3_vtab_cursor>();
  return *cursor == nullptr ? SQLITE_NOMEM : SQLITE_OK;
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

}  // namespace

int ConnectEmptyTable(sqlite3* db, void*, int, const char* const*, sqlite3_vtab** table, char**) {
  const int code = sqlite3_declare_vtab(db, "CREATE TABLE x(call HIDDEN, unused)");
  if (code != SQLITE_OK) return code;
  auto* empty = New<EmptyTable>();
  if (empty == nullptr) return SQLITE_NOMEM;
  empty->db = db;
  *table = &empty->base;
  return SQLITE_OK;
}

int DisconnectEmptyTable(sqlite3_vtab* table) {
  sqlite3_free(table);
  return SQLITE_OK;
}

sqlite3_module EmptyTableModule() {
  sqlite3_module module{};
  module.iVersion = 1;
  module.xConnect = ConnectEmptyTable;  // no xCreate: nobody can make another
  module.xBestIndex = BestIndex;
  module.xDisconnect = DisconnectEmptyTable;
  module.xOpen = Open;
  module.xClose = Close;
  module.xFilter = Filter;
  module.xNext = Next;
  module.xEof = Eof;
  module.xColumn = Column;
  module.xRowid = Rowid;
  return module;
}

}  // namespace honker
