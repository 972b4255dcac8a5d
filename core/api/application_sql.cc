#include "core/api/application_sql.h"

#include <memory>
#include <string>

#include "core/sql/statement.h"

namespace honker::api {
namespace {

// Not a Statement: those are kept prepared, which is for SQL of our own, and do not tell what
// follows the first one.
using Handle = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

struct Binder {
  sqlite3_stmt* statement;
  int index;
  int operator()(std::monostate) const { return sqlite3_bind_null(statement, index); }
  int operator()(int64_t value) const { return sqlite3_bind_int64(statement, index, value); }
  int operator()(double value) const { return sqlite3_bind_double(statement, index, value); }
  int operator()(const std::string& text) const {
    return sqlite3_bind_text64(statement, index, text.data(), text.size(), SQLITE_STATIC,
                               SQLITE_UTF8);
  }
};

Value ColumnOf(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
      return {};
    case SQLITE_INTEGER:
      return int64_t{sqlite3_column_int64(statement, column)};
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, column);
    default: {
      const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
      const auto size = static_cast<size_t>(sqlite3_column_bytes(statement, column));
      return bytes == nullptr ? std::string() : std::string(bytes, size);
    }
  }
}

Result<Handle> PrepareOne(sqlite3* db, std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const char* rest = nullptr;
  const int code =
      sqlite3_prepare_v2(db, sql.data(), static_cast<int>(sql.size()), &statement, &rest);
  Handle handle(statement, &sqlite3_finalize);
  if (code != SQLITE_OK) return SqliteError(db, code);
  if (statement == nullptr) return Error{SQLITE_MISUSE, "there is no statement in the SQL"};
  const std::string_view left = sql.substr(static_cast<size_t>(rest - sql.data()));
  if (left.find_first_not_of(" \t\r\n;") != std::string_view::npos) {
    return Error{SQLITE_MISUSE, "one statement at a time: \"" + std::string(left) + "\" is left"};
  }
  return handle;
}

}  // namespace

Result<std::vector<Row>> RunApplicationSql(sqlite3* db, std::string_view sql,
                                           std::span<const Value> values) {
  Result<Handle> prepared = PrepareOne(db, sql);
  if (!prepared.ok()) return prepared.error();
  sqlite3_stmt* statement = prepared.value().get();
  int index = 0;
  for (const Value& value : values) {
    const int code = std::visit(Binder{statement, ++index}, value);
    if (code == SQLITE_RANGE) return Error{SQLITE_MISUSE, "more values than parameters"};
    if (code != SQLITE_OK) return SqliteError(db, code);
  }
  std::vector<Row> rows;
  for (;;) {
    const int code = sqlite3_step(statement);
    if (code == SQLITE_DONE) return rows;
    if (code != SQLITE_ROW) return SqliteError(db, code);
    Row& row = rows.emplace_back();
    for (int i = 0; i < sqlite3_column_count(statement); ++i) row.push_back(ColumnOf(statement, i));
  }
}

}  // namespace honker::api
