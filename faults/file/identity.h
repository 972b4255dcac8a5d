// Which file a name stands for: (device, inode), the identity that watchers compare.
//
// Any process may call this at any time: stat(2) opens nothing, so no lock is touched.

#ifndef HONKER_FAULTS_FILE_IDENTITY_H_
#define HONKER_FAULTS_FILE_IDENTITY_H_

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "faults/result.h"

namespace faults {

struct FileIdentity {
  bool exists = false;
  dev_t dev = 0;  // the rest is 0 when the file does not exist
  ino_t ino = 0;
  int64_t size = 0;
  nlink_t links = 0;

  // The same file; two names of nothing are not the same file.
  [[nodiscard]] bool SameFile(const FileIdentity& other) const {
    return exists && other.exists && dev == other.dev && ino == other.ino;
  }
  // "(dev=2049, ino=131)" or "(absent)".
  [[nodiscard]] std::string Text() const;
};

// Follows symlinks, as SQLite does. A missing file is a value with exists = false; an Error is any
// other failure of stat(2).
[[nodiscard]] Result<FileIdentity> IdentityOf(const std::string& path);

// What a file fault did to the database's name. Both identities are taken by the call itself, so a
// caller can prove what changed without a race of its own.
struct SwapOutcome {
  FileIdentity before;
  FileIdentity after;

  // The name stood for a file before and stands for another one, or none, now.
  [[nodiscard]] bool Replaced() const { return before.exists && !before.SameFile(after); }
  // The name stands for a new file that has the identity of the old one: indistinguishable for a
  // watcher that compares (dev, ino). Only unlink_recreate and litestream_restore can say this; it
  // is false elsewhere.
  bool inode_reused = false;
};

}  // namespace faults

#endif  // HONKER_FAULTS_FILE_IDENTITY_H_
