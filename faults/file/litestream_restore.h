// litestream_restore: the steps of a Litestream restore over a database that is in use, as one
// recipe:
//
//   1. the restored content is written to NAME.tmp and synced
//   2. -wal, -shm and -journal of the old database are removed (or what the plan says: a script
//      may forget them)
//   3. NAME.tmp is renamed over NAME
//
// Between 2 and 3 the old database has lost its sidecars while processes still have them open.
// What is not covered: Litestream refuses a restore onto a name that exists unless the operator
// removed it first; the recipe is what results when this is scripted away.

#ifndef HONKER_FAULTS_FILE_LITESTREAM_RESTORE_H_
#define HONKER_FAULTS_FILE_LITESTREAM_RESTORE_H_

#include <string>

#include "faults/file/identity.h"
#include "faults/file/sidecars.h"
#include "faults/result.h"

namespace faults {

// `restored` is copied and stays where it is. On success the name stands for the new file, durably.
// NAME.tmp must not exist before, and does not afterwards, also on error.
//
// Opens `restored` and NAME.tmp, never the old database: any process may call it that has no SQLite
// connection to `restored`, unless the plan says kStaleCopy (see sidecars.h).
[[nodiscard]] Result<SwapOutcome> LitestreamRestore(
    const std::string& database, const std::string& restored,
    const SidecarPlan& sidecars = SidecarPlan::RemoveAll());

}  // namespace faults

#endif  // HONKER_FAULTS_FILE_LITESTREAM_RESTORE_H_
