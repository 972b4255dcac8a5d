// fcntl(2) locks: `libc.lock.<file>` is every request for a read or write lock, POSIX or open file
// description, waiting or not. Giving up a lock and asking about one pass through, as does every
// other use of fcntl.
#include <fcntl.h>
#include <stdarg.h>

#include "faults/libc/interpose.h"

namespace faults::libc {
namespace {

bool AsksForLock(int command, const void* argument) {
  switch (command) {
    case F_SETLK:
    case F_SETLKW:
    case F_OFD_SETLK:
    case F_OFD_SETLKW:
      return argument != nullptr && static_cast<const struct flock*>(argument)->l_type != F_UNLCK;
    default:
      return false;
  }
}

}  // namespace
}  // namespace faults::libc

// The third argument is an int or a pointer; either fits, and one that was not given is not looked
// at by the kernel.
#define FCNTL(name)                                                      \
  INTERCEPT int name(int fd, int command, ...) {                         \
    static constinit faults::libc::Real<int(int, int, ...)> real(#name); \
    va_list arguments;                                                   \
    va_start(arguments, command);                                        \
    void* argument = va_arg(arguments, void*);                           \
    va_end(arguments);                                                   \
    const auto ask = [&] { return real(fd, command, argument); };        \
    if (!faults::libc::AsksForLock(command, argument)) return ask();     \
    return faults::libc::OnFile(faults::libc::Call::kLock, fd, ask);     \
  }
FCNTL(fcntl)
FCNTL(fcntl64)
#undef FCNTL
