// How an SQL function of ours is written and registered.
//
// A family is one file: it lists its functions with parameter names and gives each a body. The body
// gets a Call, answers with an Answer or an Error, and never touches SQLite's function interface.
// The error a caller sees starts with the function's name and keeps SQLite's result code (BUSY
// stays BUSY). An exception for lack of memory becomes SQLITE_NOMEM here and goes no further.
#ifndef CORE_SQL_FUNCTION_H_
#define CORE_SQL_FUNCTION_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <variant>

#include "core/base/result.h"
#include "core/sql/arguments.h"
#include "core/sql/sqlite_api.h"

namespace honker {

// NULL, an integer or a text.
using Answer = std::variant<std::monostate, int64_t, std::string>;

struct Call {
  sqlite3* db;
  Arguments arguments;
};

using Body = Result<Answer> (*)(Call& call);

enum class Where {
  kAnywhere,    // also in triggers, views and generated columns of the application
  kDirectOnly,  // in top-level SQL only: for what has effects outside the database
};

struct Function {
  static constexpr int kMaxParameters = 8;

  constexpr Function(const char* function_name, Body function_body,
                     std::initializer_list<const char*> parameter_names,
                     Where usable = Where::kAnywhere)
      : name(function_name), body(function_body), where(usable) {
    for (const char* parameter : parameter_names) parameters[count++] = parameter;
  }

  const char* name;
  Body body;
  const char* parameters[kMaxParameters] = {};
  int count = 0;
  Where where;
};

// `functions` must live for ever: messages and calls refer to it.
Status RegisterFunctions(sqlite3* db, const Function* functions, int count);

}  // namespace honker

#endif  // CORE_SQL_FUNCTION_H_
