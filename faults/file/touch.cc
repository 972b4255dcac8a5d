#include "faults/file/touch.h"

#include <fcntl.h>
#include <sys/stat.h>

namespace faults {

Result<SwapOutcome> Touch(const std::string& path) {
  const auto before = IdentityOf(path);
  if (!before.ok()) return before.error();
  if (utimensat(AT_FDCWD, path.c_str(), nullptr, 0) != 0) return ErrnoError("touch", path);
  const auto after = IdentityOf(path);
  if (!after.ok()) return after.error();
  return SwapOutcome{before.value(), after.value()};
}

}  // namespace faults
