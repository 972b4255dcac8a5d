#include "faults/result.h"

#include <cerrno>
#include <cstring>

namespace faults {

std::string Error::Message() const {
  std::string text = what;
  if (!path.empty()) text += ": " + path;
  if (error != 0) {
    text += std::string(": ") + strerrordesc_np(error);
    if (const char* name = strerrorname_np(error)) text += std::string(" (") + name + ")";
  }
  if (!extra.empty()) text += ": " + extra;
  return text;
}

Error ErrnoError(std::string what, std::string path) {
  const int error = errno;
  return Error{std::move(what), std::move(path), error, ""};
}

}  // namespace faults
