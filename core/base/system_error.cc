#include "core/base/system_error.h"

#include <system_error>

namespace honker {

std::string SystemErrorText(const std::string& what, int errnum) {
  return what + ": " + std::generic_category().message(errnum);
}

}  // namespace honker
