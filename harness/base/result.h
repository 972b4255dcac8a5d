// Errors as values that cannot be dropped.
//
// Result<T> holds a T or an Error. Asking an error for its value aborts: a caller that has not
// looked at ok() has a bug, and a harness that carries on with a default would report a verdict
// about nothing.
#ifndef HARNESS_BASE_RESULT_H_
#define HARNESS_BASE_RESULT_H_

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <variant>

namespace harness {

// What went wrong, as one sentence that names the thing and, where there is one, the way out.
struct Error {
  std::string message;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return std::holds_alternative<T>(state_); }
  const std::string& error() const { return std::get<Error>(state_).message; }

  const T& value() const& {
    Require();
    return std::get<T>(state_);
  }
  T& value() & {
    Require();
    return std::get<T>(state_);
  }
  T&& value() && {
    Require();
    return std::get<T>(std::move(state_));
  }

 private:
  void Require() const {
    if (ok()) return;
    std::fprintf(stderr, "harness: the value of a failed result was used: %s\n", error().c_str());
    std::abort();
  }
  std::variant<T, Error> state_;
};

struct Done {};
using Status = Result<Done>;
inline Status Ok() { return Done{}; }

// The one place that turns an errno into words: "cannot open /x: Permission denied".
Error ErrnoError(const std::string& what, int errnum);

}  // namespace harness

#endif  // HARNESS_BASE_RESULT_H_
