// How an intercepted function is written. One more is a definition of its C name in an
// intercept_*.cc and, where the site is new, a line in sites.h and sites.cc:
//
//   INTERCEPT int fsync(int fd) {
//     static constinit Real<int(int)> real("fsync");
//     return OnFile(Call::kFsync, fd, [&] { return real(fd); });
//   }
//
// A call that is not made returns -1 (or what `failed` says) with errno.
#ifndef HONKER_FAULTS_LIBC_INTERPOSE_H_
#define HONKER_FAULTS_LIBC_INTERPOSE_H_

#include <cerrno>
#include <cstddef>
#include <string>

#include "faults/libc/real.h"
#include "faults/libc/runtime.h"
#include "faults/libc/sites.h"

#define INTERCEPT extern "C" __attribute__((visibility("default")))

namespace faults::libc {

// The call, as far as it is made, and what is reported of it.
template <typename Answer, typename Function>
Answer Made(const Passage& passage, Answer failed, const Function& function) {
  int error = passage.error();
  Answer answer = failed;
  if (error == 0) {
    answer = function();
    error = passage.late_error();
  }
  if (error == 0) return answer;
  errno = error;
  return failed;
}

// On a descriptor. `function(bytes)`: a transfer of at most that many.
template <typename Function>
auto OnTransfer(Call call, int fd, size_t bytes, const Function& function) {
  using Answer = decltype(function(bytes));
  if (Idle(call)) return function(bytes);
  const Descriptor file(fd);
  const Passage passage(SiteName(call, file.file), file.path);
  return Made(passage, Answer(-1), [&] { return function(passage.Shortened(bytes)); });
}

template <typename Function, typename Answer = int>
Answer OnFile(Call call, int fd, const Function& function, Answer failed = -1) {
  if (Idle(call)) return function();
  const Descriptor file(fd);
  return Made(Passage(SiteName(call, file.file), file.path), failed, function);
}

template <typename Function>
int OnName(Call call, int folder, const char* name, const Function& function) {
  if (Idle(call)) return function();
  const std::string path = PathAt(folder, name);
  return Made(Passage(SiteName(call, FileOfName(path)), path), -1, function);
}

}  // namespace faults::libc

#endif  // HONKER_FAULTS_LIBC_INTERPOSE_H_
