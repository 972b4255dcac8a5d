#include "core/watcher/backend_name.h"

#include <atomic>
#include <string_view>

#include "core/base/stderr_line.h"

namespace honker {
namespace {

#ifdef HONKER_WATCHER_KERNEL
constexpr bool kHasKernel = true;
#else
constexpr bool kHasKernel = false;
#endif
#ifdef HONKER_WATCHER_SHM
constexpr bool kHasShm = true;
#else
constexpr bool kHasShm = false;
#endif
#ifdef HONKER_WATCHER_VERIFIED
constexpr bool kHasVerified = true;
#else
constexpr bool kHasVerified = false;
#endif

BackendKind OrPolling(bool built_in, BackendKind kind, const char* name, std::atomic<bool>& said) {
  if (built_in) return kind;
  if (!said.exchange(true)) {
    WriteStderrLine(std::string("honker: the watcher backend ") + name +
                    " is not part of this build; polling takes its place");
  }
  return BackendKind::kPolling;
}

}  // namespace

Result<BackendKind> BackendForName(const char* name) {
  static std::atomic<bool> said_kernel = false;
  static std::atomic<bool> said_shm = false;
  static std::atomic<bool> said_verified = false;
  const std::string_view asked = name == nullptr ? "" : name;
  if (asked.empty() || asked == "polling" || asked == "poll") return BackendKind::kPolling;
  if (asked == "kernel" || asked == "kernel-watcher") {
    return OrPolling(kHasKernel, BackendKind::kKernel, "kernel", said_kernel);
  }
  if (asked == "shm" || asked == "shm-fast-path") {
    return OrPolling(kHasShm, BackendKind::kShm, "shm", said_shm);
  }
  if (asked == "verified") {
    return OrPolling(kHasVerified, BackendKind::kVerified, "verified", said_verified);
  }
  return Error{1, "unknown watcher backend \"" + std::string(asked) +
                      "\" (valid: polling, poll, kernel, kernel-watcher, shm, shm-fast-path, "
                      "verified)"};
}

// A kind that is not built in never comes out of BackendForName().
Result<std::unique_ptr<Backend>> OpenBackend(BackendKind kind, const std::string& path) {
#ifdef HONKER_WATCHER_KERNEL
  if (kind == BackendKind::kKernel) return OpenKernel(path);
#endif
#ifdef HONKER_WATCHER_SHM
  if (kind == BackendKind::kShm) return OpenShm(path);
#endif
#ifdef HONKER_WATCHER_VERIFIED
  if (kind == BackendKind::kVerified) return OpenVerified(path);
#endif
  (void)kind;
  return OpenPolling(path);
}

}  // namespace honker
