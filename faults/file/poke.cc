#include "faults/file/poke.h"

#include <cerrno>

#include "faults/file/posix.h"

namespace faults {

Result<SwapOutcome> Poke(const std::string& path, int64_t offset, const std::string& bytes) {
  const auto before = IdentityOf(path);
  if (!before.ok()) return before.error();
  if (!before.value().exists) return Error{"poke", path, ENOENT, ""};
  const auto length = static_cast<int64_t>(bytes.size());
  if (offset < 0 || length > before.value().size || offset > before.value().size - length) {
    return Error{"poke", path, ERANGE,
                 std::to_string(length) + " bytes at " + std::to_string(offset) +
                     " are not all inside its " + std::to_string(before.value().size)};
  }
  if (Status written = WriteInside(path, offset, bytes); !written.ok()) return written.error();
  const auto after = IdentityOf(path);
  if (!after.ok()) return after.error();
  return SwapOutcome{before.value(), after.value()};
}

std::string BytesOfHex(const std::string& digits) {
  std::string bytes;
  for (size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

}  // namespace faults
