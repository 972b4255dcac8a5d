// unlink_recreate: the database is unlinked and a new file is made under the name, as `rm` and a
// restore do it. In between the name stands for nothing, so an opener may create an empty database
// there; that is part of the fault.
//
// A file system may give the new file the inode number of the old one: a watcher that compares
// (dev, ino) cannot see such a swap. ext4 reuses a number as soon as nobody holds the old file
// open; tmpfs, btrfs and overlays on them do not. `reuse_inode` tries for it and says whether it
// happened; the proof are the two identities of the outcome.

#ifndef HONKER_FAULTS_FILE_UNLINK_RECREATE_H_
#define HONKER_FAULTS_FILE_UNLINK_RECREATE_H_

#include <string>

#include "faults/file/identity.h"
#include "faults/file/sidecars.h"
#include "faults/result.h"

namespace faults {

struct UnlinkRecreateOptions {
  std::string database;          // must exist
  std::string replacement = {};  // copied from; left where it is. Empty: the new file is empty
  SidecarPlan sidecars =
      SidecarPlan::RemoveAll();  // carried out between the unlink and the new file
  // Make scratch files beside the database until one has the old inode number, at most
  // `reuse_attempts` of them, and rename that one into place. Needs the same file system, and that
  // no process holds the old file open. When no number fits, the swap still happens, with another
  // inode: look at SwapOutcome::inode_reused.
  bool reuse_inode = false;
  int reuse_attempts = 512;
};

// On success the name stands for the new file, its bytes and the directory are synced. On error the
// name may be missing: the database was unlinked and could not be made again.
//
// Opens the replacement and new files, never the old database. Any process may call it unless it
// has SQLite connections to the *replacement*, or the plan says kStaleCopy (see sidecars.h).
[[nodiscard]] Result<SwapOutcome> UnlinkRecreate(const UnlinkRecreateOptions& options);

}  // namespace faults

#endif  // HONKER_FAULTS_FILE_UNLINK_RECREATE_H_
