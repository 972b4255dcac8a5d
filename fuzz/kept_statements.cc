#include "fuzz/kept_statements.h"

#include "core/sql/connection.h"

namespace honker::fuzz {

int CountKeptStatements(sqlite3* db) {
  const Connection* connection = Connection::Of(db);
  return connection == nullptr ? 0 : static_cast<int>(connection->statements.CountKept());
}

}  // namespace honker::fuzz
