// The names of the backends, and what a name leads to in this build.
#ifndef CORE_WATCHER_BACKEND_NAME_H_
#define CORE_WATCHER_BACKEND_NAME_H_

#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/watcher/backend.h"

namespace honker {

enum class BackendKind { kPolling, kKernel, kShm, kVerified };

// The backend a caller's name asks for (nullptr and "": polling). A name that is known but left out
// of this build gives polling, and one line on stderr, once a process. An unknown name is an error
// that lists the valid ones.
Result<BackendKind> BackendForName(const char* name);

Result<std::unique_ptr<Backend>> OpenBackend(BackendKind kind, const std::string& path);

}  // namespace honker

#endif  // CORE_WATCHER_BACKEND_NAME_H_
