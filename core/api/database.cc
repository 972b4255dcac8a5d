#include "honker/database.h"

#include <utility>

#include "core/api/application_sql.h"
#include "core/api/session.h"
#include "core/sql/layout.h"
#include "core/watcher/own_connection.h"

namespace honker {

Result<Database> Database::Open(const std::string& path, const OpenOptions& options) {
  Result<std::shared_ptr<api::Session>> session = api::Session::Open(path, options);
  if (!session.ok()) return session.error();
  return Database(std::move(session).value());
}

Result<Database> Database::Attach(sqlite3* db, const OpenOptions& options) {
  Result<std::shared_ptr<api::Session>> session = api::Session::Attach(db, options);
  if (!session.ok()) return session.error();
  return Database(std::move(session).value());
}

Result<Database> Database::OpenAnother() const {
  if (!session_->owned()) {
    return Error{SQLITE_MISUSE,
                 "the connection belongs to the application: open the file with Database::Open()"};
  }
  return Open(path(), session_->options());
}

Status Database::Bootstrap() { return BringUpToDate(handle(), Part::kEverything); }

const std::string& Database::path() const { return session_->path(); }

sqlite3* Database::handle() const { return session_->db(); }

Result<Transaction> Database::Begin(const std::stop_token& stop) {
  return Begin(session_->options().busy_timeout, stop);
}

Result<Transaction> Database::Begin(std::chrono::milliseconds timeout,
                                    const std::stop_token& stop) {
  const api::BusyWait::Scope scope(session_->busy_wait(), timeout, stop);
  Status begun = Statement(handle(), "BEGIN IMMEDIATE").Run();
  if (begun.ok()) return Transaction(session_);
  if (IsBusy(begun.error().code) && stop.stop_requested()) {
    return Error{SQLITE_INTERRUPT, "stopped while waiting for another writer"};
  }
  return begun.error();
}

Status Database::Execute(std::string_view sql, std::span<const Value> values) {
  Result<std::vector<Row>> rows = Query(sql, values);
  if (!rows.ok()) return rows.error();
  return Ok();
}

Status Database::Execute(std::string_view sql, std::initializer_list<Value> values) {
  return Execute(sql, std::span<const Value>(values.begin(), values.size()));
}

Result<std::vector<Row>> Database::Query(std::string_view sql, std::span<const Value> values) {
  return api::RunApplicationSql(handle(), sql, values);
}

Result<std::vector<Row>> Database::Query(std::string_view sql,
                                         std::initializer_list<Value> values) {
  return Query(sql, std::span<const Value>(values.begin(), values.size()));
}

Result<UpdateEvents> Database::WatchUpdates() const {
  return UpdateEvents::Open(path(), session_->options().watcher_backend);
}

Transaction::~Transaction() { (void)Rollback(); }

Status Transaction::Commit() {
  const std::shared_ptr<api::Session> session = std::move(session_);
  if (session == nullptr) return Error{SQLITE_MISUSE, "the transaction is over"};
  if (!session->in_transaction()) {
    return Error{SQLITE_ABORT_ROLLBACK, "SQLite has rolled the transaction back before the commit"};
  }
  Status committed = Statement(session->db(), "COMMIT").Run();
  if (!committed.ok() && session->in_transaction()) {
    (void)Statement(session->db(), "ROLLBACK").Run();
  }
  return committed;
}

Status Transaction::Rollback() {
  const std::shared_ptr<api::Session> session = std::move(session_);
  if (session == nullptr || !session->in_transaction()) return Ok();
  return Statement(session->db(), "ROLLBACK").Run();
}

}  // namespace honker
