// The functions that libfault_locks.so stands in front of.
//
// Each calls the next function of its name with the same arguments. The caller is the return
// address: so each of these is a frame of its own, never inlined.
#include <fcntl.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdio>

#include "faults/libc/real.h"
#include "faults/locks/recorder.h"

#define INTERCEPT extern "C" __attribute__((visibility("default"), noinline))

namespace {

using faults::libc::Real;
using faults::locks::AroundClose;
using faults::locks::AroundLock;

int Fcntl(int fd, int command, void* argument, const void* caller, Real<int(int, int, ...)>& next) {
  if ((command != F_SETLK && command != F_SETLKW) || argument == nullptr) {
    return next(fd, command, argument);
  }
  AroundLock around(fd, *static_cast<const struct flock*>(argument), caller);
  const int result = next(fd, command, argument);
  around.Done(result);
  return result;
}

int Close(int fd, const char* call, const void* caller) {
  static constinit Real<int(int)> next("close");
  AroundClose around(fd, call, caller);
  const int result = next(fd);
  around.Done();
  return result;
}

// What a range closes (it may name thousands), one by one, so that each is seen.
void CloseEach(unsigned first, unsigned last, const char* call, const void* caller) {
  if (!faults::locks::Recording()) return;
  const long limit = sysconf(_SC_OPEN_MAX);
  const unsigned end =
      limit > 0 && last >= static_cast<unsigned>(limit) ? static_cast<unsigned>(limit) - 1 : last;
  for (unsigned fd = first; fd <= end; ++fd) {
    if (fcntl(static_cast<int>(fd), F_GETFD) >= 0) (void)Close(static_cast<int>(fd), call, caller);
  }
}

}  // namespace

INTERCEPT int fcntl(int fd, int command, ...) {
  static constinit Real<int(int, int, ...)> next("fcntl");
  va_list list;
  va_start(list, command);
  void* argument = va_arg(list, void*);  // an int argument is handed on as it is
  va_end(list);
  return Fcntl(fd, command, argument, __builtin_return_address(0), next);
}

INTERCEPT int fcntl64(int fd, int command, ...) {
  static constinit Real<int(int, int, ...)> next("fcntl64");
  va_list list;
  va_start(list, command);
  void* argument = va_arg(list, void*);
  va_end(list);
  return Fcntl(fd, command, argument, __builtin_return_address(0), next);
}

INTERCEPT int close(int fd) { return Close(fd, "close", __builtin_return_address(0)); }

INTERCEPT int fclose(FILE* file) {
  static constinit Real<int(FILE*)> next("fclose");
  AroundClose around(fileno(file), "fclose", __builtin_return_address(0));
  const int result = next(file);
  around.Done();
  return result;
}

INTERCEPT int dup2(int from, int to) noexcept {
  static constinit Real<int(int, int)> next("dup2");
  AroundClose around(from == to ? -1 : to, "dup2", __builtin_return_address(0));
  const int result = next(from, to);
  around.Done();
  return result;
}

INTERCEPT int dup3(int from, int to, int flags) noexcept {
  static constinit Real<int(int, int, int)> next("dup3");
  AroundClose around(from == to ? -1 : to, "dup3", __builtin_return_address(0));
  const int result = next(from, to, flags);
  around.Done();
  return result;
}

INTERCEPT int close_range(unsigned first, unsigned last, int flags) noexcept {
  static constinit Real<int(unsigned, unsigned, int)> next("close_range");
  // With flags it marks descriptors, or closes those of a table of its own.
  if (flags == 0) CloseEach(first, last, "close_range", __builtin_return_address(0));
  return next(first, last, flags);
}

INTERCEPT void closefrom(int first) noexcept {
  static constinit Real<void(int)> next("closefrom");
  CloseEach(static_cast<unsigned>(first < 0 ? 0 : first), ~0U, "closefrom",
            __builtin_return_address(0));
  next(first);
}
