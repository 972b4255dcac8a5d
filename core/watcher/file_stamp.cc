#include "core/watcher/file_stamp.h"

#include <algorithm>
#include <string>

namespace honker {

Result<DatabaseHeader> ReadDatabaseHeader(sqlite3* db) {
  // https://www.sqlite.org/fileformat.html, section 1.3: the versions at 18, the change counter at
  // 24.
  constexpr int kFrom = 18;
  constexpr int kReadVersion = 19 - kFrom;
  constexpr int kStamp = 24 - kFrom;
  constexpr uint8_t kWal = 2;
  std::array<uint8_t, 22> bytes{};
  sqlite3_file* file = nullptr;
  int code = sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (code == SQLITE_OK && (file == nullptr || file->pMethods == nullptr)) code = SQLITE_CANTOPEN;
  if (code == SQLITE_OK) code = file->pMethods->xRead(file, bytes.data(), bytes.size(), kFrom);
  // Nobody has written yet: SQLite fills up with zeros.
  if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) {
    return Error{code, "the database header cannot be read: " + std::string(sqlite3_errstr(code))};
  }
  DatabaseHeader header;
  header.wal = bytes[kReadVersion] == kWal;
  std::copy_n(bytes.begin() + kStamp, header.stamp.bytes.size(), header.stamp.bytes.begin());
  return header;
}

// The row is there: the statement holds its SHARED lock until it is reset.
Result<ConfirmedStamp> FileStamp::Confirm() {
  const Result<bool> row = version_.Step();
  if (!row.ok()) return row.error();
  ConfirmedStamp confirmed;
  confirmed.data_version = version_.ColumnInt(0);
  const Result<DatabaseHeader> header = ReadDatabaseHeader(db_);
  version_.Reset();
  if (!header.ok()) return header.error();
  confirmed.stamp = header.value().stamp;
  return confirmed;
}

}  // namespace honker
