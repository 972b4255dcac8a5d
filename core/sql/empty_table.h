// A virtual table that exists by itself, under the name of its module, and reads as empty. What it
// is for are its side effects: being written to (atomic.cc), being disconnected (connection.cc).
#ifndef CORE_SQL_EMPTY_TABLE_H_
#define CORE_SQL_EMPTY_TABLE_H_

#include "core/sql/sqlite_api.h"

namespace honker {

// One per connection that has named the table.
struct EmptyTable {
  sqlite3_vtab base;  // first: SQLite knows the whole by it
  sqlite3* db;
};

// With xUpdate it becomes a table that can be written. Another xConnect begins, another xDisconnect
// ends, with what stands here.
sqlite3_module EmptyTableModule();

int ConnectEmptyTable(sqlite3* db, void* unused, int count, const char* const* arguments,
                      sqlite3_vtab** table, char** error);
int DisconnectEmptyTable(sqlite3_vtab* table);

}  // namespace honker

#endif  // CORE_SQL_EMPTY_TABLE_H_
