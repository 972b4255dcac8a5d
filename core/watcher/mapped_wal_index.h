// The WAL-index of a database, read from memory: SQLite's own mapping of -shm, asked from a
// connection of ours (SQLITE_FCNTL_FILE_POINTER, xShmMap). No descriptor of -shm is opened or
// closed here.
//
// The open connection keeps -shm and its mapping alive when every other one is gone; SQLite then
// lets nobody leave WAL.
//
// What becomes of a -shm that somebody deletes, replaces or cuts: shm_file.h. Opening anew would
// not help a process that has other connections: they share one mapping, the dead one.
#ifndef CORE_WATCHER_MAPPED_WAL_INDEX_H_
#define CORE_WATCHER_MAPPED_WAL_INDEX_H_

#include <string>

#include "core/base/result.h"
#include "core/sql/sqlite_api.h"
#include "core/watcher/backend.h"
#include "core/watcher/shm_file.h"
#include "core/watcher/wal_index.h"

namespace honker {

class MappedWalIndex {
 public:
  // `db` must have answered that its journal mode is WAL: in another mode, or before a read,
  // mapping *creates* -shm. Reads the database once. The result must not outlive the connection.
  static Result<MappedWalIndex> Open(sqlite3* db, const std::string& path);

  // kQuiet: `header` is filled. kBusy: a writer is at it, or died in the middle. kTrouble, kDead:
  // as above, with the reason.
  Look Read(WalIndexHeader* header);

  // False where nothing of the mapping may be touched now, by SQLite neither: who closes the
  // connection then has to tell it to leave its files alone.
  bool IsUsable() { return file_.Check().kind == Look::kQuiet; }

 private:
  MappedWalIndex(const volatile void* map, ShmFile file) : map_(map), file_(std::move(file)) {}

  const volatile void* map_;  // region 0
  ShmFile file_;
};

}  // namespace honker

#endif  // CORE_WATCHER_MAPPED_WAL_INDEX_H_
