// litestream_restore: what `litestream restore -force` does to a database that is in use, as one
// recipe. Taken from a trace of Litestream 0.5.18 (litestream_steps_test.cc compares the two):
//
//   1. NAME, then -wal, -shm and -journal are unlinked (the sidecars as the plan says: a script
//   that
//      removes the old file itself may forget them)
//   2. the restored content is written to NAME.tmp and synced
//   3. NAME.tmp is renamed over NAME, and the directory is synced
//
// Between 1 and 3 the name stands for nothing, for as long as the restore takes: an opener may
// create an empty database there, which 3 then replaces. And where nobody holds the old file open,
// NAME.tmp may get its inode number (ext4 gives it out at once): see unlink_recreate.h. What is not
// covered: without -force Litestream refuses a name that exists.

#ifndef HONKER_FAULTS_FILE_LITESTREAM_RESTORE_H_
#define HONKER_FAULTS_FILE_LITESTREAM_RESTORE_H_

#include <string>

#include "faults/file/identity.h"
#include "faults/file/sidecars.h"
#include "faults/result.h"

namespace faults {

// `restored` is copied and stays where it is. On success the name stands for the new file, durably.
// NAME.tmp must not exist before, and does not afterwards, also on error. On error the name may be
// missing.
//
// Opens `restored` and NAME.tmp, never the old database: any process may call it that has no SQLite
// connection to `restored`, unless the plan says kStaleCopy (see sidecars.h).
[[nodiscard]] Result<SwapOutcome> LitestreamRestore(
    const std::string& database, const std::string& restored,
    const SidecarPlan& sidecars = SidecarPlan::RemoveAll());

}  // namespace faults

#endif  // HONKER_FAULTS_FILE_LITESTREAM_RESTORE_H_
