#include "core/sql/arguments.h"

#include <cmath>
#include <cstdio>

#include "core/base/utf8.h"

namespace honker {
namespace {

std::string Describe(sqlite3_value* value) {
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
      return "INTEGER " + std::to_string(sqlite3_value_int64(value));
    case SQLITE_FLOAT: {
      char digits[40];
      std::snprintf(digits, sizeof digits, "%.17g", sqlite3_value_double(value));
      return std::string("REAL ") + digits;
    }
    case SQLITE_TEXT:
      return "TEXT of " + std::to_string(sqlite3_value_bytes(value)) + " bytes";
    case SQLITE_BLOB:
      return "BLOB of " + std::to_string(sqlite3_value_bytes(value)) + " bytes";
    default:
      return "NULL";
  }
}

// 2^63 is the first double above the range; -2^63 is itself an int64.
bool IsWholeInt64(double real) {
  return real >= -9223372036854775808.0 && real < 9223372036854775808.0 && std::trunc(real) == real;
}

}  // namespace

Error Arguments::Complaint(int index, const std::string& problem) const {
  return {SQLITE_ERROR, std::string(signature_.name) + ": argument " + std::to_string(index + 1) +
                            " (" + signature_.parameters[index] + ") " + problem};
}

void Arguments::Refuse(int index, const std::string& problem) {
  if (!error_) error_ = Complaint(index, problem);
}

std::optional<int64_t> Arguments::Number(int index, const char* expected) {
  sqlite3_value* value = values_[index];
  const int type = sqlite3_value_type(value);
  if (type == SQLITE_INTEGER) return sqlite3_value_int64(value);
  if (type == SQLITE_FLOAT && IsWholeInt64(sqlite3_value_double(value))) {
    return static_cast<int64_t>(sqlite3_value_double(value));
  }
  Refuse(index, std::string("must be ") + expected + ", got " + Describe(value));
  return std::nullopt;
}

std::optional<std::string_view> Arguments::Unicode(int index, const char* expected) {
  sqlite3_value* value = values_[index];
  if (sqlite3_value_type(value) != SQLITE_TEXT) {
    Refuse(index, std::string("must be ") + expected + ", got " + Describe(value));
    return std::nullopt;
  }
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_value_text(value));
  if (bytes == nullptr) {
    if (!error_) error_ = Error{SQLITE_NOMEM, "out of memory"};
    return std::nullopt;
  }
  const std::string_view text(bytes, static_cast<size_t>(sqlite3_value_bytes(value)));
  const size_t bad = FirstInvalidUtf8(text);
  if (bad != std::string_view::npos) {
    Refuse(index, std::string("must be ") + expected +
                      ", got TEXT that is not valid UTF-8 at byte " + std::to_string(bad + 1));
    return std::nullopt;
  }
  return text;
}

std::string_view Arguments::Text(int index) { return Unicode(index, "TEXT").value_or(""); }

std::optional<std::string_view> Arguments::OptionalText(int index) {
  if (sqlite3_value_type(values_[index]) == SQLITE_NULL) return std::nullopt;
  return Unicode(index, "TEXT or NULL");
}

int64_t Arguments::Int(int index) { return Number(index, "an integer").value_or(0); }

std::optional<int64_t> Arguments::OptionalInt(int index) {
  if (sqlite3_value_type(values_[index]) == SQLITE_NULL) return std::nullopt;
  return Number(index, "an integer or NULL");
}

Result<int64_t> Arguments::Add(int64_t base, int64_t argument, int index) const {
  int64_t sum = 0;
  if (!__builtin_add_overflow(base, argument, &sum)) return sum;
  return Complaint(
      index, "is out of range: now + " + std::to_string(argument) + " does not fit into 64 bits");
}

}  // namespace honker
