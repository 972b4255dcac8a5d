// The one place that turns an errno into words.
#ifndef CORE_BASE_SYSTEM_ERROR_H_
#define CORE_BASE_SYSTEM_ERROR_H_

#include <string>

namespace honker {

// "what: No such file or directory". Callable from any thread.
std::string SystemErrorText(const std::string& what, int errnum);

}  // namespace honker

#endif  // CORE_BASE_SYSTEM_ERROR_H_
