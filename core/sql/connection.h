// What honker keeps for one connection, from the moment the extension is loaded into it until it is
// closed: nothing that would keep it from being closed.
#ifndef CORE_SQL_CONNECTION_H_
#define CORE_SQL_CONNECTION_H_

#include <cstdint>
#include <string>

#include "core/base/result.h"
#include "core/sql/main_place.h"
#include "core/sql/sqlite_api.h"
#include "core/sql/statement_cache.h"

namespace honker {

// The table that atomic.cc writes to, and where main was when it was made.
struct AtomicTable {
  explicit AtomicTable(sqlite3* db) : place(db) {}
  int64_t number = 1;
  // SELECT, not VALUES: only then does SQLite open the statement journal that an error needs.
  std::string insert = "INSERT INTO main._honker_atomic(unused) SELECT 1";
  MainPlace place;
};

struct Connection {
  explicit Connection(sqlite3* db) : statements(db), atomic(db) {}

  // nullptr where the extension is not loaded, or its modules were dropped. Any thread; cheap for
  // one that asks for the same connection again.
  static Connection* Of(sqlite3* db);

  StatementCache statements;
  AtomicTable atomic;
};

// Called once, at load. Forgotten when the connection is closed.
Status RegisterConnection(sqlite3* db);

}  // namespace honker

#endif  // CORE_SQL_CONNECTION_H_
