// Errors as values that cannot be dropped: what every call of honker that can fail returns.
//
// Result<T> holds a T or an Error; Status is a Result without a value. Nothing is thrown, except
// std::bad_alloc by the standard library where memory runs out. Asking an error for its value
// aborts the program: a caller that did not look at ok() has a bug, and a queue that carries on
// with a default would answer "nothing there" where it does not know.
//
//   Result<int64_t> id = queue.Enqueue("payload");
//   if (!id.ok()) return id.error();
//   Use(id.value());
#ifndef HONKER_RESULT_H_
#define HONKER_RESULT_H_

#include <cstdlib>
#include <string>
#include <utility>
#include <variant>

namespace honker {

// Codes of our own. They are extended codes of SQLITE_ERROR that SQLite does not use:
// code & 0xFF is always one of SQLite's (https://www.sqlite.org/rescode.html).
inline constexpr int kWatcherDied = 1 | (200 << 8);  // close and open anew
inline constexpr int kPruned = 1 | (201 << 8);       // what was asked for is not kept any more
inline constexpr int kRewound = 1 | (202 << 8);      // an older copy of the database was restored
inline constexpr int kNotADatabaseFile = 1 | (203 << 8);  // in memory, temporary or shared memory

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

#endif  // HONKER_RESULT_H_
