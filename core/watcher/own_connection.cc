#include "core/watcher/own_connection.h"

#include <ctime>

#include "core/sql/statement.h"

namespace honker {

Result<std::unique_ptr<OwnConnection>> OwnConnection::Open(const std::string& path, Mode mode) {
  if (sqlite3_threadsafe() == 0) {
    return Error{SQLITE_MISUSE, "this SQLite was built without threads, a watcher needs one"};
  }
  sqlite3* db = nullptr;
  // Private cache: in a shared one a commit by the application would be our own commit, which
  // data_version does not count. No mutex: one thread at a time uses it.
  const int flags = (mode == kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) |
                    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
  const int code = sqlite3_open_v2(path.c_str(), &db, flags, nullptr);
  if (code != SQLITE_OK) {
    Error error = db == nullptr ? Error{SQLITE_NOMEM, "out of memory"} : SqliteError(db, code);
    sqlite3_close(db);
    return error;
  }
  sqlite3_extended_result_codes(db, 1);
  return std::unique_ptr<OwnConnection>(new OwnConnection(db));
}

OwnConnection::~OwnConnection() { sqlite3_close(db_); }

bool OwnConnection::SeesPath() const {
  int moved = 0;
  return sqlite3_file_control(db_, "main", SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK ||
         moved == 0;
}

void OwnConnection::LeaveFilesAlone() {
  sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

Result<std::string> OwnConnection::JournalMode() {
  Statement statement(db_, "PRAGMA main.journal_mode");
  Result<bool> row = statement.Step();
  if (!row.ok()) return row.error();
  return std::string(statement.ColumnText(0));
}

bool IsBusy(int code) {
  const int primary = code & 0xFF;
  // PROTOCOL: a race for the WAL-index that SQLite gave up on.
  return primary == SQLITE_BUSY || primary == SQLITE_LOCKED || primary == SQLITE_PROTOCOL;
}

void PauseAMillisecond() {
  const timespec millisecond{0, 1'000'000};
  nanosleep(&millisecond, nullptr);
}

}  // namespace honker
