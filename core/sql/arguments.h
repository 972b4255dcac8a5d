// The arguments of one call of an SQL function, checked strictly, all in one place.
//
// A text argument is TEXT of valid UTF-8. An int argument is INTEGER, or REAL that is a whole
// number inside 64 bits: better-sqlite3 and some ORMs bind every number as REAL. Nothing is
// converted silently: '5' is no integer and 5 is no text.
//
// Usage: read every argument, then ask ok() once. The first mistake is kept; what is read after it
// is empty and must not be used.
#ifndef CORE_SQL_ARGUMENTS_H_
#define CORE_SQL_ARGUMENTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/sql/sqlite_api.h"

namespace honker {

// Name and parameter names of an SQL function, for messages.
struct Signature {
  const char* name;
  const char* const* parameters;
  int count;
};

class Arguments {
 public:
  Arguments(const Signature& signature, sqlite3_value** values)
      : signature_(signature), values_(values) {}

  // The argument at `index` (from 0; messages count from 1). Text points into the value: it lives
  // as long as the call and may hold NUL.
  std::string_view Text(int index);
  std::optional<std::string_view> OptionalText(int index);
  int64_t Int(int index);
  std::optional<int64_t> OptionalInt(int index);

  bool ok() const { return !error_; }
  const Error& error() const { return *error_; }

  // "honker_ack: argument 1 (id) <problem>", for rules of a function of its own.
  Error Complaint(int index, const std::string& problem) const;
  // base + argument, or an error that names the argument where the sum leaves 64 bits.
  Result<int64_t> Add(int64_t base, int64_t argument, int index) const;

 private:
  void Refuse(int index, const std::string& problem);
  std::optional<int64_t> Number(int index, const char* expected);
  std::optional<std::string_view> Unicode(int index, const char* expected);

  const Signature& signature_;
  sqlite3_value** values_;
  std::optional<Error> error_;
};

}  // namespace honker

#endif  // CORE_SQL_ARGUMENTS_H_
