// A connection to a database file that holds queues, streams, notifications and schedules.
//
//   Result<Database> db = Database::Open("app.db");
//   if (!db.ok()) return db.error();
//
// Threads: a Database is one SQLite connection, for one thread at a time, and with it everything
// that is made from it (Transaction, Queue, Stream, ...). A second thread opens its own with
// OpenAnother(). A mistake there mixes up transactions; it does not corrupt memory or the file.
//
// Ownership: what is made from a Database keeps its connection open, so the order of destruction
// does not matter.
//
// Durability: WAL with synchronous NORMAL. What was committed survives the death of any process; a
// power failure may take the last commits, never a part of one, never the order. `PRAGMA
// synchronous = FULL` through Execute() makes each commit durable.
#ifndef HONKER_DATABASE_H_
#define HONKER_DATABASE_H_

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "honker/result.h"
#include "honker/update_events.h"

namespace honker {

namespace api {
class Session;
}

class Transaction;

// A value of SQL that goes in or comes out: NULL, INTEGER, REAL, or TEXT (a BLOB comes out as its
// bytes). Text may hold NUL bytes.
using Value = std::variant<std::monostate, int64_t, double, std::string>;
using Row = std::vector<Value>;

struct OpenOptions {
  // How long a call waits for other writers before it fails with SQLITE_BUSY.
  std::chrono::milliseconds busy_timeout{5000};
  // What everything sleeps on that waits for commits: "polling", "kernel", "shm" or "verified".
  std::string watcher_backend = "polling";
};

// Movable, not copyable. The connection is closed with the last thing that was made from it.
class Database {
 public:
  Database(Database&&) noexcept = default;
  Database& operator=(Database&&) noexcept = default;

  // Opens the file, creates it where it is missing, sets WAL, synchronous NORMAL and the busy
  // timeout, and brings the tables up to date. Any number of processes may do so at once.
  //
  // Refused with kNotADatabaseFile: "", ":memory:" and every URI that means memory (mode=memory,
  // vfs=memdb): another process or a worker's connection could not see what is in there. Other
  // errors: the file cannot be opened, is no database, is read-only, stays locked for longer than
  // the busy timeout, or cannot be in WAL mode (some network file systems).
  static Result<Database> Open(const std::string& path, const OpenOptions& options = {});

  // For a program whose ORM owns the connection: makes the functions known to `db`, which stays the
  // caller's, and touches no PRAGMA, no journal mode and no busy handler. Tables other than the
  // notifications' are made by Bootstrap(). The Database and what is made from it must go before
  // `db` is closed. OpenAnother() is refused. In-memory databases are refused as above.
  static Result<Database> Attach(sqlite3* db, const OpenOptions& options = {});

  // The same file with the same options, for another thread.
  Result<Database> OpenAnother() const;

  // Creates what is missing of tables, columns and indexes. Open() has done it.
  Status Bootstrap();

  // The file, absolute and without symbolic links as far as SQLite resolves them.
  const std::string& path() const;
  // For SQL of the application; it must not be closed.
  sqlite3* handle() const;

  // Starts a transaction that may write (BEGIN IMMEDIATE). Waits for other writers for `timeout`
  // (default: the busy timeout), then SQLITE_BUSY; SQLITE_INTERRUPT when `stop` is requested.
  Result<Transaction> Begin(const std::stop_token& stop = {});
  Result<Transaction> Begin(std::chrono::milliseconds timeout, const std::stop_token& stop = {});

  // One statement of the application, with values for ?1, ?2, ... Rows are dropped.
  Status Execute(std::string_view sql, std::span<const Value> values = {});
  Status Execute(std::string_view sql, std::initializer_list<Value> values);
  // The same with its rows.
  Result<std::vector<Row>> Query(std::string_view sql, std::span<const Value> values = {});
  Result<std::vector<Row>> Query(std::string_view sql, std::initializer_list<Value> values);

  // Watches the file, with the back-end of the options.
  Result<UpdateEvents> WatchUpdates() const;

  // For the other parts of this library.
  explicit Database(std::shared_ptr<api::Session> session) : session_(std::move(session)) {}
  const std::shared_ptr<api::Session>& session() const { return session_; }

 private:
  std::shared_ptr<api::Session> session_;
};

// Everything called on the Database, and on what is made from it, between Begin() and the end of
// this object happens together or not at all. Movable; the destructor rolls back what was not
// committed. One at a time per Database.
class Transaction {
 public:
  Transaction(Transaction&& other) noexcept = default;
  Transaction& operator=(Transaction&& other) = delete;
  ~Transaction();

  // Ok: durable as the head of this file says, and visible to everybody. Error: nothing happened,
  // with one exception, that of SQLite itself: after an I/O error inside COMMIT the outcome is in
  // doubt. The transaction is over either way.
  Status Commit();

  // Undoes everything; ok as well where SQLite has rolled back already.
  Status Rollback();

 private:
  friend class Database;
  explicit Transaction(std::shared_ptr<api::Session> session) : session_(std::move(session)) {}
  std::shared_ptr<api::Session> session_;  // nullptr: over
};

}  // namespace honker

#endif  // HONKER_DATABASE_H_
