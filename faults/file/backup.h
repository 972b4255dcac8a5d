// Restores that use SQLite's backup API, as the shell's `.restore`, language bindings and backup
// tools do it.
//
//   backup_restore  the pages of another database are written into the live one, in place, in one
//                   transaction: same inode, SQLite's locks are honoured, and what other processes
//                   see is one large commit.
//   backup_swap     the other database is backed up into NAME.tmp, which is then renamed over NAME:
//                   a new inode, whole at every moment.
//
// The SQLite is the one that this library is linked with. What is not covered: a backup step by
// step, in which others commit in between.

#ifndef HONKER_FAULTS_FILE_BACKUP_H_
#define HONKER_FAULTS_FILE_BACKUP_H_

#include <string>

#include "faults/file/identity.h"
#include "faults/file/sidecars.h"
#include "faults/result.h"

namespace faults {

struct BackupOptions {
  std::string database;  // must exist
  std::string source;    // another SQLite database; left where it is
  int busy_ms = 60'000;  // how long another connection's lock is waited for
};

// On success the database holds the source's content, committed at synchronous FULL; its journal
// mode stays. On error (SQLite's words are in it) it is as it was: a lock that was not given up, a
// source that is no database, another page size in WAL.
//
// Opens and closes both files through SQLite, in this process: not where SQLite of another copy has
// a connection to either.
[[nodiscard]] Result<SwapOutcome> BackupRestore(const BackupOptions& options);

// On success the name stands for a new file with the source's content, durably. NAME.tmp must not
// exist before, and does not afterwards, also on error; on error the name is as it was, but the
// sidecars may have been dealt with.
//
// Opens the source and NAME.tmp, never the old database: any process may call it that has no SQLite
// connection to the source through another copy of SQLite, unless the plan says kStaleCopy.
[[nodiscard]] Result<SwapOutcome> BackupSwap(
    const BackupOptions& options, const SidecarPlan& sidecars = SidecarPlan::RemoveAll());

}  // namespace faults

#endif  // HONKER_FAULTS_FILE_BACKUP_H_
