#include "faults/file/rename_over.h"

#include <cerrno>

#include "faults/file/posix.h"

namespace faults {

Result<SwapOutcome> RenameOver(const RenameOverOptions& options) {
  for (const std::string& path : {options.database, options.replacement}) {
    const auto identity = IdentityOf(path);
    if (!identity.ok()) return identity.error();
    if (!identity.value().exists) return Error{"rename_over", path, ENOENT, ""};
  }
  const auto before = IdentityOf(options.database);
  if (!before.ok()) return before.error();
  if (Status planned = ApplySidecarPlan(options.database, options.sidecars); !planned.ok()) {
    return planned.error();
  }
  if (Status renamed = Rename(options.replacement, options.database); !renamed.ok()) {
    return renamed.error();
  }
  if (Status synced = SyncDirectoryOf(options.database); !synced.ok()) return synced.error();
  const auto after = IdentityOf(options.database);
  if (!after.ok()) return after.error();
  return SwapOutcome{before.value(), after.value()};
}

}  // namespace faults
