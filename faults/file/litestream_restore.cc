#include "faults/file/litestream_restore.h"

#include "faults/file/posix.h"
#include "faults/file/rename_over.h"

namespace faults {

Result<SwapOutcome> LitestreamRestore(const std::string& database, const std::string& restored,
                                      const SidecarPlan& sidecars) {
  const std::string scratch = database + ".tmp";
  if (Status copied = CopyToNewFile(restored, scratch); !copied.ok()) return copied.error();
  auto outcome = RenameOver({.database = database, .replacement = scratch, .sidecars = sidecars});
  if (!outcome.ok()) (void)RemoveIfThere(scratch);
  return outcome;
}

}  // namespace faults
