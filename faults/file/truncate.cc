#include "faults/file/truncate.h"

#include <unistd.h>

namespace faults {

Result<SwapOutcome> Truncate(const std::string& path, int64_t size) {
  const auto before = IdentityOf(path);
  if (!before.ok()) return before.error();
  if (truncate(path.c_str(), size) != 0) {
    return ErrnoError("truncate to " + std::to_string(size), path);
  }
  const auto after = IdentityOf(path);
  if (!after.ok()) return after.error();
  return SwapOutcome{before.value(), after.value()};
}

}  // namespace faults
