// What the header of a database file says, read through the file that a connection of ours has
// open: no lock, no other descriptor.
#ifndef CORE_WATCHER_FILE_STAMP_H_
#define CORE_WATCHER_FILE_STAMP_H_

#include "core/base/result.h"
#include "core/sql/sqlite_api.h"
#include "core/sql/statement.h"
#include "core/watcher/change_counter.h"

namespace honker {

// What the file says about itself. A file without content is in a rollback mode.
struct DatabaseHeader {
  DatabaseStamp stamp;
  bool wal = false;
};

// Reads the database header through the file that the connection has open.
Result<DatabaseHeader> ReadDatabaseHeader(sqlite3* db);

// Confirms by data_version and the header of a real database.
class FileStamp : public StampSource {
 public:
  explicit FileStamp(sqlite3* db) : db_(db), version_(db, "PRAGMA main.data_version") {}
  Result<ConfirmedStamp> Confirm() override;

 private:
  sqlite3* db_;
  Statement version_;  // prepared once: preparing costs as much as a look
};

}  // namespace honker

#endif  // CORE_WATCHER_FILE_STAMP_H_
