#include "core/sql/function.h"

#include <new>

#include "core/sql/statement.h"

namespace honker {
namespace {

struct GiveBack {
  sqlite3_context* context;
  void operator()(std::monostate) const { sqlite3_result_null(context); }
  void operator()(int64_t number) const { sqlite3_result_int64(context, number); }
  void operator()(const std::string& text) const {
    sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  }
};

void GiveError(sqlite3_context* context, const Function& function, const Error& error) {
  if (error.code == SQLITE_NOMEM) {
    sqlite3_result_error_nomem(context);
    return;
  }
  std::string message = error.message;
  const std::string prefix = std::string(function.name) + ": ";
  if (message.rfind(prefix, 0) != 0) message.insert(0, prefix);
  sqlite3_result_error(context, message.data(), static_cast<int>(message.size()));
  sqlite3_result_error_code(context, error.code);  // after the text, which it keeps
}

void Trampoline(sqlite3_context* context, int, sqlite3_value** values) {
  const auto& function = *static_cast<const Function*>(sqlite3_user_data(context));
  try {
    const Signature signature{function.name, function.parameters, function.count};
    Call call{sqlite3_context_db_handle(context), Arguments(signature, values)};
    const Result<Answer> answer = function.body(call);
    if (answer.ok()) {
      std::visit(GiveBack{context}, answer.value());
    } else {
      GiveError(context, function, answer.error());
    }
  } catch (const std::bad_alloc&) {
    sqlite3_result_error_nomem(context);
  }
}

}  // namespace

Status RegisterFunctions(sqlite3* db, const Function* functions, int count) {
  for (int i = 0; i < count; ++i) {
    const Function& function = functions[i];
    const int flags = SQLITE_UTF8 | (function.where == Where::kDirectOnly ? SQLITE_DIRECTONLY : 0);
    const int code =
        sqlite3_create_function_v2(db, function.name, function.count, flags,
                                   const_cast<Function*>(&function),  // NOLINT: SQLite's signature
                                   Trampoline, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return SqliteError(db, code);
  }
  return Ok();
}

}  // namespace honker
