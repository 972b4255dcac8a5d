#include "harness/actor/sqlite.h"

namespace harness::actor {
namespace {

std::string_view CodeName(int extended) {
  switch (extended & 0xff) {
    case SQLITE_ERROR:
      return "SQLITE_ERROR";
    case SQLITE_BUSY:
      return "SQLITE_BUSY";
    case SQLITE_LOCKED:
      return "SQLITE_LOCKED";
    case SQLITE_READONLY:
      return "SQLITE_READONLY";
    case SQLITE_INTERRUPT:
      return "SQLITE_INTERRUPT";
    case SQLITE_IOERR:
      return "SQLITE_IOERR";
    case SQLITE_CORRUPT:
      return "SQLITE_CORRUPT";
    case SQLITE_FULL:
      return "SQLITE_FULL";
    case SQLITE_CANTOPEN:
      return "SQLITE_CANTOPEN";
    case SQLITE_PROTOCOL:
      return "SQLITE_PROTOCOL";
    case SQLITE_CONSTRAINT:
      return "SQLITE_CONSTRAINT";
    case SQLITE_MISUSE:
      return "SQLITE_MISUSE";
    case SQLITE_NOTADB:
      return "SQLITE_NOTADB";
    default:
      return "SQLITE_OTHER";
  }
}

int Bind(sqlite3_stmt* stmt, int index, const Value& v) {
  if (v.is_null()) return sqlite3_bind_null(stmt, index);
  if (v.is_int()) return sqlite3_bind_int64(stmt, index, v.Int());
  if (v.is_bool()) return sqlite3_bind_int(stmt, index, v.Bool() ? 1 : 0);
  if (v.is_number()) return sqlite3_bind_double(stmt, index, v.Number());
  const Result<std::string> bytes = DecodeBytes(v);
  if (!bytes.ok()) return SQLITE_MISMATCH;
  return sqlite3_bind_text64(stmt, index, bytes.value().data(), bytes.value().size(),
                             SQLITE_TRANSIENT, SQLITE_UTF8);
}

Value Column(sqlite3_stmt* stmt, int column) {
  switch (sqlite3_column_type(stmt, column)) {
    case SQLITE_INTEGER:
      return Value(static_cast<int64_t>(sqlite3_column_int64(stmt, column)));
    case SQLITE_FLOAT:
      return Value(sqlite3_column_double(stmt, column));
    case SQLITE_NULL:
      return Value();
    default: {
      const auto* bytes = static_cast<const char*>(sqlite3_column_blob(stmt, column));
      const auto size = static_cast<size_t>(sqlite3_column_bytes(stmt, column));
      return EncodeBytes(bytes ? std::string_view(bytes, size) : std::string_view());
    }
  }
}

}  // namespace

Value SqlFailure::ToValue() const {
  return Value::MakeObject({{"code", code}, {"name", CodeName(code)}, {"message", message}});
}

SqlFailure Connection::LastFailure() const {
  return SqlFailure{sqlite3_extended_errcode(db_.get()), sqlite3_errmsg(db_.get())};
}

SqlStatus Connection::Open(const std::string& path, int flags, int busy_ms, Connection& out) {
  sqlite3* raw = nullptr;
  const int rc = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_URI, nullptr);
  Connection made;
  made.db_.reset(raw);
  if (rc != SQLITE_OK) {
    SqlFailure failure{raw ? sqlite3_extended_errcode(raw) : rc,
                       raw ? sqlite3_errmsg(raw) : sqlite3_errstr(rc)};
    failure.message += " (" + path + ")";
    return failure;
  }
  sqlite3_extended_result_codes(raw, 1);
  if (busy_ms > 0) sqlite3_busy_timeout(raw, busy_ms);
  out = std::move(made);
  return {};
}

SqlStatus Connection::Close() {
  if (!db_) return {};
  const int rc = sqlite3_close(db_.get());
  if (rc != SQLITE_OK) return LastFailure();
  (void)db_.release();
  return {};
}

SqlStatus Connection::Exec(const std::string& sql) {
  if (sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return LastFailure();
}

SqlStatus Connection::Query(const std::string& sql, const Value& arguments, Value& rows,
                            size_t limit) {
  rows = Value::MakeArray();
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(db_.get(), sql.c_str(), -1, &raw, nullptr) != SQLITE_OK) {
    return LastFailure();
  }
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> stmt(raw, sqlite3_finalize);
  int index = 0;
  for (const Value& argument : arguments.items()) {
    if (Bind(raw, ++index, argument) != SQLITE_OK) return LastFailure();
  }
  int rc;
  while ((rc = sqlite3_step(raw)) == SQLITE_ROW) {
    if (rows.items().size() >= limit) continue;
    Value row = Value::MakeArray();
    for (int c = 0; c < sqlite3_column_count(raw); ++c) row.Append(Column(raw, c));
    rows.Append(std::move(row));
  }
  if (rc != SQLITE_DONE) return LastFailure();
  return {};
}

SqlStatus Connection::Scalar(const std::string& sql, const Value& arguments, Value& out) {
  Value rows;
  SqlStatus status = Query(sql, arguments, rows, 1);
  out = Value();
  if (status.ok() && !rows.items().empty()) out = rows.items()[0].items()[0];
  return status;
}

SqlStatus Connection::LoadExtension(const std::string& library) {
  sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, nullptr);
  std::string messages;
  for (const char* entry : {"sqlite3_honkerext_init", static_cast<const char*>(nullptr)}) {
    char* error = nullptr;
    const int rc = sqlite3_load_extension(db_.get(), library.c_str(), entry, &error);
    const std::string text = error ? error : "";
    sqlite3_free(error);
    if (rc == SQLITE_OK) {
      sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
      return {};
    }
    // A library that has the named entry point but fails inside it is not tried under another name.
    messages = text;
    if (entry && text.find("undefined symbol") == std::string::npos &&
        text.find("no entry point") == std::string::npos) {
      break;
    }
  }
  sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  return SqlFailure{SQLITE_ERROR, "cannot load " + library + ": " + messages};
}

}  // namespace harness::actor
