#include "core/watcher/backend.h"
namespace honker {
Result<std::unique_ptr<Backend>> OpenKernel(const std::string&) {
  return Error{1, "not written yet"};
}
}  // namespace honker
