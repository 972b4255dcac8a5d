// The WAL-index of a database, read from memory: SQLite's own mapping of -shm, asked from a
// connection of ours (SQLITE_FCNTL_FILE_POINTER, xShmMap). No descriptor of -shm is opened or
// closed here.
//
// The open connection keeps -shm and its mapping alive when every other one is gone; SQLite then
// lets nobody leave WAL.
//
// -shm deleted or replaced: new connections use another file and SQLite itself does not notice.
// Opening anew would not help a process that has other connections: they share one mapping, the
// dead one. So that is the end. -shm truncated: touching the mapping would be a SIGBUS, which would
// kill the host. So its size is looked at, by stat, before each read. What stays: a truncation in
// the very moment between the two. Nothing here can close that gap (SQLite's own readers stand in
// it as well).
#ifndef CORE_WATCHER_MAPPED_WAL_INDEX_H_
#define CORE_WATCHER_MAPPED_WAL_INDEX_H_

#include <string>

#include "core/base/result.h"
#include "core/sql/sqlite_api.h"
#include "core/watcher/backend.h"
#include "core/watcher/file_identity.h"
#include "core/watcher/wal_index.h"

namespace honker {

class MappedWalIndex {
 public:
  // `db` must have answered that its journal mode is WAL: in another mode, or before a read,
  // mapping *creates* -shm. Reads the database once. The result must not outlive the connection.
  static Result<MappedWalIndex> Open(sqlite3* db, const std::string& path);

  // kQuiet: `header` is filled. kBusy: a writer is at it, or died in the middle. kTrouble, kDead:
  // as above, with the reason.
  Look Read(WalIndexHeader* header) const;

 private:
  MappedWalIndex(const volatile void* map, std::string shm_path, FileIdentity identity)
      : map_(map), shm_path_(std::move(shm_path)), identity_(identity) {}
  Look Death(const FileSight& sight) const;

  const volatile void* map_;  // region 0
  std::string shm_path_;
  FileIdentity identity_;  // of -shm
};

}  // namespace honker

#endif  // CORE_WATCHER_MAPPED_WAL_INDEX_H_
