#include "core/sql/statement.h"

#include <utility>

#include "core/sql/connection.h"

namespace honker {

Error SqliteError(sqlite3* db, int code) {
  if (code == SQLITE_NOMEM) return {SQLITE_NOMEM, "out of memory"};
  const int extended = sqlite3_extended_errcode(db);
  std::string message = sqlite3_errmsg(db);
  if (message.find("no such table: main._honker_") != std::string::npos ||
      message.find("has no column named") != std::string::npos ||
      message.find("no such column: ") != std::string::npos) {
    message += " (SELECT honker_bootstrap() creates what is missing)";
  }
  if (extended == SQLITE_BUSY_SNAPSHOT) {
    message +=
        " (the calling statement or transaction reads an older snapshot: call the function in a "
        "SELECT "
        "without FROM, or after BEGIN IMMEDIATE)";
  }
  return {(extended & 0xFF) == (code & 0xFF) ? extended : code, std::move(message)};
}

Statement::Statement(sqlite3* db, std::string_view sql, Use use) : db_(db) {
  Connection* connection = use == kAgain ? Connection::Of(db) : nullptr;
  if (connection == nullptr) {
    Note(sqlite3_prepare_v2(db, sql.data(), static_cast<int>(sql.size()), &statement_, nullptr));
  } else {
    Note(connection->statements.Take(sql, kept_));
    statement_ = kept_.front().handle;
  }
}

Statement::~Statement() {
  Connection* connection = kept_.empty() ? nullptr : Connection::Of(db_);
  if (connection == nullptr) {
    sqlite3_finalize(statement_);
  } else {
    connection->statements.GiveBack(std::move(kept_));
  }
}

void Statement::Note(int code) {
  if (code == SQLITE_OK || failed_ != SQLITE_OK) return;
  failed_ = code;
  error_ = SqliteError(db_, code);
}

Statement& Statement::Bind(int index, int64_t value) {
  if (failed_ == SQLITE_OK) Note(sqlite3_bind_int64(statement_, index, value));
  return *this;
}

Statement& Statement::Bind(int index, std::string_view text) {
  // A null pointer would bind NULL: the empty text has one that points somewhere.
  const char* data = text.empty() ? "" : text.data();
  if (failed_ == SQLITE_OK) {
    Note(sqlite3_bind_text64(statement_, index, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
  }
  return *this;
}

Statement& Statement::BindNull(int index) {
  if (failed_ == SQLITE_OK) Note(sqlite3_bind_null(statement_, index));
  return *this;
}

Statement& Statement::Bind(int index, const sqlite3_value* value) {
  if (failed_ == SQLITE_OK) Note(sqlite3_bind_value(statement_, index, value));
  return *this;
}

Status Statement::Prepared() const {
  if (failed_ != SQLITE_OK) return error_;
  return Ok();
}

Result<bool> Statement::Step() {
  if (failed_ != SQLITE_OK) return error_;
  if (done_) return false;  // SQLite would start again
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    done_ = true;
    return false;
  }
  Error error = SqliteError(db_, code);
  sqlite3_reset(statement_);
  return error;
}

Status Statement::Run() {
  for (;;) {
    Result<bool> row = Step();
    if (!row.ok()) return row.error();
    if (!row.value()) return Ok();
  }
}

void Statement::Reset() {
  sqlite3_reset(statement_);
  done_ = false;
}

std::string_view Statement::ColumnText(int column) {
  const void* bytes = sqlite3_column_type(statement_, column) == SQLITE_BLOB
                          ? sqlite3_column_blob(statement_, column)
                          : sqlite3_column_text(statement_, column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes),
          static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}

Status Execute(sqlite3* db, std::string_view sql) {
  return Statement(db, sql, Statement::kOnce).Run();
}

}  // namespace honker
