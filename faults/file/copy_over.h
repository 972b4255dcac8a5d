// copy_over: the content of another file is written over the database in place, as `cp new.db
// app.db` does it. Same inode: no identity check can see it. SQLite does not know either; what each
// watcher sees depends on the change counter and the WAL that happen to stand there.

#ifndef HONKER_FAULTS_FILE_COPY_OVER_H_
#define HONKER_FAULTS_FILE_COPY_OVER_H_

#include <string>

#include "faults/file/identity.h"
#include "faults/file/sidecars.h"
#include "faults/result.h"

namespace faults {

struct CopyOverOptions {
  std::string database;      // must exist
  std::string content = {};  // copied from; left where it is
  // Carried out before the copy. cp leaves the sidecars alone, so that is the default here.
  SidecarPlan sidecars = SidecarPlan::KeepAll();
  // The content gets the change counter of the database that it replaces (the file format, section
  // 1.3.8), as a copy has that diverged and saw as many commits: outside WAL this is what tells a
  // connection whether its cache is still good. Both files need a database header.
  bool same_counter = false;
};

// On success the database has the other file's bytes and length, synced, under the old identity. On
// error it may be a mixture of both, as after an interrupted cp.
//
// Opens and closes the database: ONLY in a process without SQLite connections to it, or that
// process loses all its locks on it.
[[nodiscard]] Result<SwapOutcome> CopyOver(const CopyOverOptions& options);

}  // namespace faults

#endif  // HONKER_FAULTS_FILE_COPY_OVER_H_
