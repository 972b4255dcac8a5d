// What the intercepted calls do before and after the real ones (recorder.cc says why and what for).
//
// Any thread may make one, also before main and after it. They keep errno.
#ifndef HONKER_FAULTS_LOCKS_RECORDER_H_
#define HONKER_FAULTS_LOCKS_RECORDER_H_

#include <fcntl.h>

#include <memory>
#include <optional>

#include "faults/locks/book.h"
#include "faults/locks/bookkeeper.h"

namespace faults::locks {

struct Released;

// Whether anything is written down in this process, by this thread, now.
[[nodiscard]] bool Recording();

// Made before a call that closes `fd`; `call` is the function's name. Done() after it.
class AroundClose {
 public:
  AroundClose(int fd, const char* call, const void* caller);
  ~AroundClose();
  void Done();

 private:
  const int fd_;
  const char* const call_;
  const void* const caller_;
  std::unique_ptr<Released> released_;  // what must not go with it; null where that is nothing
};

// Made before fcntl with F_SETLK or F_SETLKW and that lock. Done() after it, with what it returned.
class AroundLock {
 public:
  AroundLock(int fd, const struct flock& asked, const void* caller);
  ~AroundLock();
  void Done(int result);

 private:
  const int fd_;
  const short type_;  // NOLINT(google-runtime-int): as in struct flock
  const void* const caller_;
  uint64_t owner_ = 0;
  std::optional<Bytes> bytes_;  // empty: nothing is written down
  uint64_t dev_ = 0;
  uint64_t ino_ = 0;
  std::unique_ptr<Released> released_;  // what others lose by it; null where that is nothing
};

}  // namespace faults::locks

#endif  // HONKER_FAULTS_LOCKS_RECORDER_H_
