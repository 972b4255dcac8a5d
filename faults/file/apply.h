// A file fault from its text form, recorded in the ledger before it takes effect.
//
//   swap db by=rename_over|unlink_recreate|copy_over|rename_directory|litestream_restore|
//              move_away|move_back  [keep=LIST] [stale=LIST] [reuse_inode=yes] [atomic=yes]
//   remove db|wal|shm|journal  [keep=LIST] [stale=LIST]      (the lists for db only)
//   replace wal|shm|journal
//   truncate db|wal|shm|journal to=BYTES
//   touch db|wal|shm|journal
//
// keep= names the sidecars that stay, stale= those that become copies in a new inode; the others
// are removed. copy_over without either keeps all, as cp does; litestream_restore removes all and
// takes neither.

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
  // rename_over takes it away; unlink_recreate, copy_over and litestream_restore copy it.
  std::string replacement = {};
  std::string replacement_directory = {};  // rename_directory
  std::string parked = {};                 // rename_directory, move_away, move_back
};

// True for the kinds that this file carries out.
[[nodiscard]] bool IsFileFault(const Fault& fault);

// Ledger: "fired" before, then "done" with both identities or "failed" with the reason. On an Error
// the fault was refused (then nothing is in the ledger and nothing has changed) or failed half-way
// (see the header of that fault).
//
// ONLY in a process without SQLite connections to the database: copy_over, replace and stale= open
// and close its files, which drops the process's locks on them.
[[nodiscard]] Result<SwapOutcome> ApplyFileFault(const Fault& fault, const FileTargets& targets,
                                                 Ledger& ledger);

}  // namespace faults

#endif  // HONKER_FAULTS_FILE_APPLY_H_
