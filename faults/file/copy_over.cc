#include "faults/file/copy_over.h"

#include <cerrno>

#include "faults/file/posix.h"

namespace faults {

Result<SwapOutcome> CopyOver(const CopyOverOptions& options) {
  for (const std::string& path : {options.database, options.content}) {
    const auto identity = IdentityOf(path);
    if (!identity.ok()) return identity.error();
    if (!identity.value().exists) return Error{"copy_over", path, ENOENT, ""};
  }
  const auto before = IdentityOf(options.database);
  if (!before.ok()) return before.error();
  if (Status planned = ApplySidecarPlan(options.database, options.sidecars); !planned.ok()) {
    return planned.error();
  }
  if (Status copied = CopyOverExisting(options.content, options.database); !copied.ok()) {
    return copied.error();
  }
  const auto after = IdentityOf(options.database);
  if (!after.ok()) return after.error();
  return SwapOutcome{before.value(), after.value()};
}

}  // namespace faults
