// remove: the database is unlinked and does not come back. Processes that have it open go on with a
// file without a name; a new opener creates an empty database or fails.
//
// move_away and move_back: the name is gone for a while and then stands for the very same file
// again. A watcher that compares identities at intervals sees a death, or nothing at all.

#ifndef HONKER_FAULTS_FILE_REMOVE_H_
#define HONKER_FAULTS_FILE_REMOVE_H_

#include <string>

#include "faults/file/identity.h"
#include "faults/file/sidecars.h"
#include "faults/result.h"

namespace faults {

// Unlinks the database, then carries out the plan. The database must exist; outcome.after does not.
// Any process may call it unless the plan says kStaleCopy (see sidecars.h).
[[nodiscard]] Result<SwapOutcome> Remove(const std::string& database, const SidecarPlan& sidecars);

// Renames the database to `parked`, on the same file system, where nothing may be; its sidecars
// stay. Opens nothing: any process may call it.
[[nodiscard]] Result<SwapOutcome> MoveAway(const std::string& database, const std::string& parked);

// The way back. Outcome: before is what stood at the name (normally nothing), after the old file.
[[nodiscard]] Result<SwapOutcome> MoveBack(const std::string& database, const std::string& parked);

}  // namespace faults

#endif  // HONKER_FAULTS_FILE_REMOVE_H_
