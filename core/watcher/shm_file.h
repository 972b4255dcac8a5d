// The -shm file that a connection of ours has mapped, watched from outside: never opened, only
// looked at by stat().
//
// Deleted or replaced: new connections use another file, and neither they nor SQLite notice; what
// is committed there is never seen here, and the other way round. That is a death. Cut: touching
// the mapping beyond the new end is a SIGBUS, which would kill the host, so nothing may be read
// until another connection has made it whole again. What stays: a cut in the very moment between
// the look and the read. SQLite's own readers stand in that gap as well.
#ifndef CORE_WATCHER_SHM_FILE_H_
#define CORE_WATCHER_SHM_FILE_H_

#include <string>

#include "core/base/result.h"
#include "core/watcher/backend.h"
#include "core/watcher/file_identity.h"

namespace honker {

class ShmFile {
 public:
  // Of the database at that resolved path.
  explicit ShmFile(const std::string& database) : path_(database + "-shm") {}

  // The file that is there now is the mapped one. An error where none is, or one that is too short
  // to be.
  Status Note();
  bool noted() const { return noted_; }

  // To be asked before each use of the mapping: kQuiet where it can be used; kTrouble; kDead.
  Look Check();

 private:
  std::string path_;
  FileIdentity identity_;
  int64_t least_size_ = 0;  // SQLite makes it longer, never shorter, while it is mapped
  bool noted_ = false;
};

}  // namespace honker

#endif  // CORE_WATCHER_SHM_FILE_H_
