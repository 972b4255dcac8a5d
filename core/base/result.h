// Errors as values that cannot be dropped.
//
// Result<T> holds a T or an Error. Asking an error for its value aborts: a caller that did not look
// at ok() has a bug, and a queue that carries on with a default would answer "nothing there" where
// it does not know.
#ifndef CORE_BASE_RESULT_H_
#define CORE_BASE_RESULT_H_

#include <cstdlib>
#include <string>
#include <utility>
#include <variant>

namespace honker {

// What went wrong: an SQLite result code (extended where SQLite gave one) and one sentence.
struct Error {
  int code = 1;  // SQLITE_ERROR
  std::string message;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return std::holds_alternative<T>(state_); }
  const Error& error() const { return std::get<Error>(state_); }

  const T& value() const& {
    if (!ok()) std::abort();
    return std::get<T>(state_);
  }
  T& value() & {
    if (!ok()) std::abort();
    return std::get<T>(state_);
  }
  T&& value() && {
    if (!ok()) std::abort();
    return std::get<T>(std::move(state_));
  }

 private:
  std::variant<T, Error> state_;
};

struct Done {};
using Status = Result<Done>;
inline Status Ok() { return Done{}; }

}  // namespace honker

#endif  // CORE_BASE_RESULT_H_
