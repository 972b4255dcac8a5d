// Errors as values, for everything in faults/.
//
// faults/ stands alone (it includes nothing of the harness), so it has its own small result type.
// An Error says what was attempted, on which path, and errno with its text: that is enough for a
// report line without the reader having to know the source.

#ifndef HONKER_FAULTS_RESULT_H_
#define HONKER_FAULTS_RESULT_H_

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace faults {

struct Error {
  std::string what;   // "rename to /x/app.db", "parse fault"
  std::string path;   // the file concerned; empty where there is none
  int error = 0;      // errno; 0 where the operating system was not asked
  std::string extra;  // one more sentence, may be empty

  // One line: "rename to /x/b: /x/a: No such file or directory (ENOENT)".
  [[nodiscard]] std::string Message() const;
};

// The error of a system call that has just failed: reads errno.
[[nodiscard]] Error ErrnoError(std::string what, std::string path);

// Success without a value, or an Error.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::move(error)) {}  // NOLINT: conversion is the point

  [[nodiscard]] bool ok() const { return !error_.has_value(); }
  // Only when !ok().
  [[nodiscard]] const Error& error() const { return *error_; }
  [[nodiscard]] std::string Message() const { return ok() ? "ok" : error_->Message(); }

 private:
  std::optional<Error> error_;
};

// A value, or an Error.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT: conversion is the point
  Result(Error error) : state_(std::move(error)) {}  // NOLINT: conversion is the point

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  // Only when ok().
  [[nodiscard]] const T& value() const& { return std::get<0>(state_); }
  [[nodiscard]] T& value() & { return std::get<0>(state_); }
  [[nodiscard]] T&& value() && { return std::get<0>(std::move(state_)); }
  // Only when !ok().
  [[nodiscard]] const Error& error() const { return std::get<1>(state_); }
  [[nodiscard]] std::string Message() const { return ok() ? "ok" : error().Message(); }

 private:
  std::variant<T, Error> state_;
};

}  // namespace faults

#endif  // HONKER_FAULTS_RESULT_H_
