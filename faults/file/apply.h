// A file fault from its text form, recorded in the ledger before it takes effect.
//
//   swap db by=rename_over|unlink_recreate|copy_over|rename_directory|litestream_restore|
//              backup_swap|backup_restore|hard_link|symlink|move_away|move_back
//              [keep=LIST] [stale=LIST] [reuse_inode=yes] [atomic=yes] [counter=same]
//   remove db|wal|shm|journal  [keep=LIST] [stale=LIST]      (the lists for db only)
//   replace wal|shm|journal
//   truncate db|wal|shm|journal to=BYTES
//   touch db|wal|shm|journal
//   poke db|wal|shm|journal offset=N bytes=HEX
//   link db|wal|shm|journal as=hard|symbolic
//
// keep= names the sidecars that stay, stale= those that become copies in a new inode; the others
// are removed. copy_over without either keeps all, as cp does. reuse_inode belongs to
// unlink_recreate, atomic to rename_directory, counter to copy_over; rename_directory,
// backup_restore and the moves leave sidecars alone and take no list.

#ifndef HONKER_FAULTS_FILE_APPLY_H_
#define HONKER_FAULTS_FILE_APPLY_H_

#include <string>

#include "faults/fault.h"
#include "faults/file/identity.h"
#include "faults/ledger.h"
#include "faults/result.h"

namespace faults {

struct FileTargets {
  std::string database = {};
  // rename_over takes it away; links and SQLite's backups use it where it is; the others copy it.
  std::string replacement = {};
  std::string replacement_directory = {};  // rename_directory
  std::string parked = {};                 // rename_directory, move_away, move_back
  std::string link = {};                   // the other name
};

// True for the kinds that this file carries out.
[[nodiscard]] bool IsFileFault(const Fault& fault);

// Ledger: "fired" before, then "done" with both identities or "failed" with the reason. On an Error
// the fault was refused (then nothing is in the ledger and nothing has changed) or failed half-way
// (see the header of that fault).
//
// ONLY in a process without SQLite connections to the database: copy_over, backup_restore, poke,
// replace and stale= open and close its files, which drops the process's locks on them.
[[nodiscard]] Result<SwapOutcome> ApplyFileFault(const Fault& fault, const FileTargets& targets,
                                                 Ledger& ledger);

}  // namespace faults

#endif  // HONKER_FAULTS_FILE_APPLY_H_
