// rename_over: a prepared file is renamed over the database, as cp-and-mv deployments and most
// backup tools do it. Readers of the name see the old file or the new one, never a mixture;
// processes that have the old file open go on with a file that has no name.

#ifndef HONKER_FAULTS_FILE_RENAME_OVER_H_
#define HONKER_FAULTS_FILE_RENAME_OVER_H_

#include <string>

#include "faults/file/identity.h"
#include "faults/file/sidecars.h"
#include "faults/result.h"

namespace faults {

struct RenameOverOptions {
  std::string database;  // must exist
  // The prepared file, on the same file system. It is gone afterwards: it has become the database.
  std::string replacement = {};
  SidecarPlan sidecars = SidecarPlan::RemoveAll();  // carried out before the rename, so the new
                                                    // file never meets a removed one
};

// On success the name stands for the replacement, and the directory is synced. On error nothing is
// renamed; sidecars may have been dealt with already.
//
// Opens neither file. Any process may call it unless the plan says kStaleCopy (see sidecars.h).
[[nodiscard]] Result<SwapOutcome> RenameOver(const RenameOverOptions& options);

}  // namespace faults

#endif  // HONKER_FAULTS_FILE_RENAME_OVER_H_
