#include "core/sql/connection.h"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "core/sql/empty_table.h"
#include "core/sql/statement.h"

namespace honker {
namespace {

struct Connections {
  std::mutex mutex;
  std::map<sqlite3*, std::unique_ptr<Connection>> of;
  std::atomic<uint64_t> changes = 1;  // of the map: what was found stays true until it moves
};
Connections& AllConnections() {
  static auto* all = new Connections;  // connections may be closed after static objects are gone
  return *all;
}

// Taken out first and destroyed without the lock: finalizing a statement may come back here.
void Forget(void* db) {
  Connections& all = AllConnections();
  std::unique_lock lock(all.mutex);
  const auto forgotten = all.of.extract(static_cast<sqlite3*>(db));
  ++all.changes;
  lock.unlock();
}

int Connect(sqlite3* db, void* unused, int count, const char* const* arguments,
            sqlite3_vtab** table, char** error) {
  const int code = ConnectEmptyTable(db, unused, count, arguments, table, error);
  Connection* connection = code == SQLITE_OK ? Connection::Of(db) : nullptr;
  if (connection != nullptr) connection->statements.BeforeCloseDropIsCalled();
  return code;
}

int Disconnect(sqlite3_vtab* table) {
  Connection* connection = Connection::Of(reinterpret_cast<EmptyTable*>(table)->db);
  if (connection != nullptr) connection->statements.Drop();
  return DisconnectEmptyTable(table);
}

const sqlite3_module kModule = [] {
  sqlite3_module module = EmptyTableModule();
  module.xConnect = Connect;
  module.xDisconnect = Disconnect;
  return module;
}();

}  // namespace

Connection* Connection::Of(sqlite3* db) {
  thread_local struct {
    sqlite3* db = nullptr;
    Connection* connection = nullptr;
    uint64_t changes = 0;
  } last;
  Connections& all = AllConnections();
  if (last.db == db && last.changes == all.changes) return last.connection;
  const std::lock_guard lock(all.mutex);
  const auto found = all.of.find(db);
  last = {db, found == all.of.end() ? nullptr : found->second.get(), all.changes};
  return last.connection;
}

Status RegisterConnection(sqlite3* db) {
  // First: what it replaces is forgotten now.
  const int code = sqlite3_create_module_v2(db, StatementCache::kTable, &kModule, db, Forget);
  if (code != SQLITE_OK) return SqliteError(db, code);
  // Made before the lock is taken: it asks SQLite, which takes the connection's mutex, and Forget()
  // is called under that one.
  auto connection = std::make_unique<Connection>(db);
  Connections& all = AllConnections();
  const std::lock_guard lock(all.mutex);
  all.of[db] = std::move(connection);
  ++all.changes;
  return Ok();
}

}  // namespace honker
