// The function that an intercepted one stands in front of: the next of that name in the program,
// which is the C library's, or a sanitizer's or libfiu's, that stands in front of it in turn.
#ifndef HONKER_FAULTS_LIBC_REAL_H_
#define HONKER_FAULTS_LIBC_REAL_H_

#include <dlfcn.h>

#include <atomic>

namespace faults::libc {

// Make it a static constant-initialised object: calls come before constructors.
template <typename Function>
class Real {
 public:
  constexpr explicit Real(const char* name) : name_(name) {}

  template <typename... Arguments>
  auto operator()(Arguments... arguments) {
    Function* function = function_.load(std::memory_order_acquire);
    if (function == nullptr) {
      // Two threads find the same.
      function = reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name_));
      function_.store(function, std::memory_order_release);
    }
    return function(arguments...);
  }

 private:
  const char* name_;
  std::atomic<Function*> function_{nullptr};
};

}  // namespace faults::libc

#endif  // HONKER_FAULTS_LIBC_REAL_H_
