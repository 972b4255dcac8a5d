// Preloaded into a watching process: inotify works, and never tells of anything. (Dropping what is
// read, as libfault_preload.so does, would still wake who waits for the descriptor.)
#include <dlfcn.h>
#include <sys/inotify.h>

extern "C" __attribute__((visibility("default"))) int inotify_add_watch(int descriptor,
                                                                        const char* path,
                                                                        uint32_t) noexcept {
  using Real = int (*)(int, const char*, uint32_t);
  static const auto real = reinterpret_cast<Real>(dlsym(RTLD_NEXT, "inotify_add_watch"));
  return real(descriptor, path, IN_DELETE_SELF);
}
