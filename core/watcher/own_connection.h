// The watcher's own SQLite connection to the database it watches. It only ever reads.
#ifndef CORE_WATCHER_OWN_CONNECTION_H_
#define CORE_WATCHER_OWN_CONNECTION_H_

#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/sql/sqlite_api.h"

namespace honker {

class OwnConnection {
 public:
  enum Mode {
    // For the rollback journal modes. A read-write connection would roll back a hot journal that it
    // meets, and for up to 100 ms after the database was replaced it would take the journal of the
    // new
    // file's writer for one, and delete it. A read-only one answers SQLITE_READONLY_ROLLBACK
    // instead.
    kReadOnly,
    // For WAL. The last connection to close has to checkpoint and remove -wal, and a read-only one
    // cannot. SQLite falls back to read-only by itself where the file cannot be written.
    kReadWrite,
  };

  // Opens an existing file, without a busy timeout: a watcher looks again, it never waits.
  static Result<std::unique_ptr<OwnConnection>> Open(const std::string& path, Mode mode);
  ~OwnConnection();
  OwnConnection(const OwnConnection&) = delete;
  OwnConnection& operator=(const OwnConnection&) = delete;

  sqlite3* db() const { return db_; }

  // False where the file this connection has open is not the one under its path any more. SQLite
  // compares inode numbers (SQLITE_FCNTL_HAS_MOVED).
  bool SeesPath() const;

  // Makes the close neither checkpoint nor remove -wal and -shm: after a replacement the files of
  // these names are those of the new database. (SQLite looks by itself at close, but a reused inode
  // number deceives it.)
  void LeaveFilesAlone();

  // PRAGMA journal_mode, which reads the database. The error keeps SQLite's code.
  Result<std::string> JournalMode();

 private:
  explicit OwnConnection(sqlite3* db) : db_(db) {}
  sqlite3* db_;
};

// SQLITE_BUSY and what else means "somebody holds a lock, try again" (extended codes included).
bool IsBusy(int code);

// Sleeps one millisecond.
void PauseAMillisecond();

// Calls `attempt` until it is not busy, a millisecond apart, `attempts` times at most. For opening
// only.
template <typename T, typename Attempt>
Result<T> Patiently(int attempts, Attempt attempt) {
  for (int i = 1;; ++i) {
    Result<T> result = attempt();
    if (result.ok() || !IsBusy(result.error().code) || i == attempts) return result;
    PauseAMillisecond();
  }
}

}  // namespace honker

#endif  // CORE_WATCHER_OWN_CONNECTION_H_
