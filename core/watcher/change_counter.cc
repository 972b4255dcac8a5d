#include "core/watcher/change_counter.h"

#include <algorithm>

#include "core/fault_points.h"
#include "core/watcher/own_connection.h"

namespace honker {

Result<bool> ChangeCounter::TakeBaseline(StampSource& source) {
  Result<ConfirmedStamp> confirmed = source.Confirm();
  if (confirmed.ok()) {
    baseline_ = confirmed.value();
    return true;
  }
  // A lock of somebody else, or a journal that the next writer rolls back.
  const int code = confirmed.error().code;
  if (IsBusy(code) || code == SQLITE_READONLY_ROLLBACK) return false;
  return confirmed.error();
}

Look ChangeCounter::Check(const DatabaseStamp& seen, StampSource& source) {
  if (baseline_ && seen == baseline_->stamp) return {};
  if (HONKER_MUTANT("trust_seen_counter") && baseline_) {
    baseline_->stamp = seen;
    return Look::Changed();
  }
  const Result<ConfirmedStamp> confirmed = source.Confirm();
  if (!confirmed.ok()) {
    if (IsBusy(confirmed.error().code)) return Look::Busy();
    return Look::Trouble(confirmed.error().message);
  }
  const bool changed = !baseline_ || confirmed.value().data_version != baseline_->data_version;
  baseline_ = confirmed.value();
  return changed ? Look::Changed() : Look{};
}

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
