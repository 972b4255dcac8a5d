// Is the file under a name still the one it was? Compared by stat() alone, never by opening it.
//
// The documented identity is (st_dev, st_ino). It does not see a file that was removed and made
// again and got the same inode number (ext4 and tmpfs reuse them at once), and it does not see
// VACUUM, which rewrites the file in place.
#ifndef CORE_WATCHER_FILE_IDENTITY_H_
#define CORE_WATCHER_FILE_IDENTITY_H_

#include <cstdint>
#include <string>

#include "core/base/result.h"

namespace honker {

struct FileIdentity {
  uint64_t dev = 0;
  uint64_t ino = 0;
  bool operator==(const FileIdentity&) const = default;
  // "dev=X, ino=Y"
  std::string Text() const;
};

// What stat() found under a name.
struct FileSight {
  enum Kind { kFound, kGone, kUnreadable } kind = kUnreadable;
  FileIdentity identity;  // of kFound
  int64_t size = 0;       // of kFound
  bool regular = false;   // of kFound
  uint64_t names = 0;     // of kFound: hard links
  int errnum = 0;         // of kGone and kUnreadable
};
FileSight See(const std::string& path);

// Where a database really is: an absolute path without symbolic links, as SQLite itself resolves it
// (it puts -wal beside the file that a link leads to). Errors are sentences: in memory, a URI, not
// there, no regular file.
Result<std::string> ResolveDatabase(const char* path);

// The path from the root on, as it is written: links stay, "." and ".." behind no link go.
std::string AbsoluteName(const char* path);

// As ResolveDatabase, for a path at which nothing is any more: as much of it as is there is
// resolved, the rest is taken as it is written.
std::string ResolveMissing(const char* path);

}  // namespace honker

#endif  // CORE_WATCHER_FILE_IDENTITY_H_
