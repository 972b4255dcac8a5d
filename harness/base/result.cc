#include "harness/base/result.h"

#include <system_error>

namespace harness {

Error ErrnoError(const std::string& what, int errnum) {
  return Error{what + ": " + std::generic_category().message(errnum)};
}

}  // namespace harness
