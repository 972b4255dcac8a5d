// Reading, writing, syncing, mapping, opening and removing files.
//
// Not reached: a program's direct system calls, io_uring, stdio (which calls past the symbol table
// inside the C library), readv, writev and the like. SQLite uses none of them.
#include <fcntl.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <unistd.h>

#include "faults/libc/inotify.h"
#include "faults/libc/interpose.h"

namespace faults::libc {
namespace {

constinit Real<ssize_t(int, void*, size_t)> real_read("read");
constinit Real<int(int)> real_close("close");

ssize_t Read(int fd, void* buffer, size_t bytes) {
  const auto read_some = [&](size_t some) { return real_read(fd, buffer, some); };
  if (IsInotify(fd)) return ReadEvents(fd, buffer, bytes, read_some);
  return OnTransfer(Call::kRead, fd, bytes, read_some);
}

// The mode that open takes only where it may create.
mode_t ModeOf(int flags, va_list arguments) {
  const bool makes = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
  return makes ? va_arg(arguments, mode_t) : 0;
}

}  // namespace
}  // namespace faults::libc

using faults::libc::Call;
using faults::libc::OnFile;
using faults::libc::OnName;
using faults::libc::OnTransfer;
using faults::libc::Real;

INTERCEPT ssize_t read(int fd, void* buffer, size_t bytes) {
  return faults::libc::Read(fd, buffer, bytes);
}
// What read becomes in a program built with _FORTIFY_SOURCE; likewise the next ones.
INTERCEPT ssize_t __read_chk(int fd, void* buffer, size_t bytes, size_t room) {
  if (bytes > room) __builtin_trap();
  return faults::libc::Read(fd, buffer, bytes);
}

#define PREAD(name, offset_type)                                                            \
  INTERCEPT ssize_t name(int fd, void* buffer, size_t bytes, offset_type offset) {          \
    static constinit Real<ssize_t(int, void*, size_t, offset_type)> real(#name);            \
    return OnTransfer(Call::kPread, fd, bytes,                                              \
                      [&](size_t some) { return real(fd, buffer, some, offset); });         \
  }                                                                                         \
  INTERCEPT ssize_t __##name##_chk(int fd, void* buffer, size_t bytes, offset_type offset,  \
                                   size_t room) {                                           \
    static constinit Real<ssize_t(int, void*, size_t, offset_type, size_t)> real("__" #name \
                                                                                 "_chk");   \
    return OnTransfer(Call::kPread, fd, bytes,                                              \
                      [&](size_t some) { return real(fd, buffer, some, offset, room); });   \
  }
PREAD(pread, off_t)
PREAD(pread64, off64_t)
#undef PREAD

INTERCEPT ssize_t write(int fd, const void* buffer, size_t bytes) {
  static constinit Real<ssize_t(int, const void*, size_t)> real("write");
  return OnTransfer(Call::kWrite, fd, bytes, [&](size_t some) { return real(fd, buffer, some); });
}

#define PWRITE(name, offset_type)                                                        \
  INTERCEPT ssize_t name(int fd, const void* buffer, size_t bytes, offset_type offset) { \
    static constinit Real<ssize_t(int, const void*, size_t, offset_type)> real(#name);   \
    return OnTransfer(Call::kPwrite, fd, bytes,                                          \
                      [&](size_t some) { return real(fd, buffer, some, offset); });      \
  }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)
#undef PWRITE

#define FTRUNCATE(name, offset_type)                                    \
  INTERCEPT int name(int fd, offset_type size) noexcept {               \
    static constinit Real<int(int, offset_type)> real(#name);           \
    return OnFile(Call::kTruncate, fd, [&] { return real(fd, size); }); \
  }
FTRUNCATE(ftruncate, off_t)
FTRUNCATE(ftruncate64, off64_t)
#undef FTRUNCATE

INTERCEPT int fsync(int fd) {
  static constinit Real<int(int)> real("fsync");
  return OnFile(Call::kFsync, fd, [&] { return real(fd); });
}

INTERCEPT int fdatasync(int fd) {
  static constinit Real<int(int)> real("fdatasync");
  return OnFile(Call::kFdatasync, fd, [&] { return real(fd); });
}

#define MMAP(name, offset_type)                                                          \
  INTERCEPT void* name(void* at, size_t bytes, int protection, int flags, int fd,        \
                       offset_type offset) noexcept {                                    \
    static constinit Real<void*(void*, size_t, int, int, int, offset_type)> real(#name); \
    const auto map = [&] { return real(at, bytes, protection, flags, fd, offset); };     \
    return fd < 0 ? map() : OnFile(Call::kMmap, fd, map, MAP_FAILED);                    \
  }
MMAP(mmap, off_t)
MMAP(mmap64, off64_t)
#undef MMAP

#define OPEN(name)                                                                       \
  INTERCEPT int name(const char* path, int flags, ...) {                                 \
    static constinit Real<int(const char*, int, ...)> real(#name);                       \
    va_list arguments;                                                                   \
    va_start(arguments, flags);                                                          \
    const mode_t mode = faults::libc::ModeOf(flags, arguments);                          \
    va_end(arguments);                                                                   \
    return OnName(Call::kOpen, AT_FDCWD, path, [&] { return real(path, flags, mode); }); \
  }                                                                                      \
  INTERCEPT int __##name##_2(const char* path, int flags) {                              \
    static constinit Real<int(const char*, int)> real("__" #name "_2");                  \
    return OnName(Call::kOpen, AT_FDCWD, path, [&] { return real(path, flags); });       \
  }
OPEN(open)
OPEN(open64)
#undef OPEN

#define OPENAT(name)                                                                           \
  INTERCEPT int name(int folder, const char* path, int flags, ...) {                           \
    static constinit Real<int(int, const char*, int, ...)> real(#name);                        \
    va_list arguments;                                                                         \
    va_start(arguments, flags);                                                                \
    const mode_t mode = faults::libc::ModeOf(flags, arguments);                                \
    va_end(arguments);                                                                         \
    return OnName(Call::kOpen, folder, path, [&] { return real(folder, path, flags, mode); }); \
  }                                                                                            \
  INTERCEPT int __##name##_2(int folder, const char* path, int flags) {                        \
    static constinit Real<int(int, const char*, int)> real("__" #name "_2");                   \
    return OnName(Call::kOpen, folder, path, [&] { return real(folder, path, flags); });       \
  }
OPENAT(openat)
OPENAT(openat64)
#undef OPENAT

INTERCEPT int unlink(const char* path) noexcept {
  static constinit Real<int(const char*)> real("unlink");
  return OnName(Call::kUnlink, AT_FDCWD, path, [&] { return real(path); });
}

INTERCEPT int unlinkat(int folder, const char* path, int flags) noexcept {
  static constinit Real<int(int, const char*, int)> real("unlinkat");
  return OnName(Call::kUnlink, folder, path, [&] { return real(folder, path, flags); });
}

// Unlike the others it is made even where it fails: Linux gives the descriptor up in any case, and
// a program that asked again would close somebody else's.
INTERCEPT int close(int fd) {
  faults::libc::ForgetInotify(fd);
  bool closed = false;
  int answer = 0;
  const auto close_it = [&] {
    closed = true;
    return faults::libc::real_close(fd);
  };
  answer = OnFile(Call::kClose, fd, close_it);
  if (closed) return answer;
  const int error = errno;
  faults::libc::real_close(fd);
  errno = error;
  return -1;
}
