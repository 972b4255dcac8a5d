// SQLite for actors: a connection and a statement that close themselves, and failures as values.
//
// Only actors link SQLite; the runner meets databases through them. Not thread-safe: a connection
// belongs to one thread at a time.
#ifndef HARNESS_ACTOR_SQLITE_H_
#define HARNESS_ACTOR_SQLITE_H_

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "harness/base/result.h"
#include "harness/base/value.h"

namespace harness::actor {

// The busy timeout of every connection that is not told otherwise. Applications take 5 s; this is
// longer than any machine is slow, so that contention on a loaded one is not taken for a broken
// promise.
inline constexpr int kPatienceMs = 60'000;

// A failed SQLite call: extended code and message.
struct SqlFailure {
  int code = 0;
  std::string message;

  // An I/O error inside COMMIT leaves the outcome in doubt (SQLite, "Atomic Commit", section 3).
  bool is_io_error() const { return (code & 0xff) == SQLITE_IOERR; }
  bool is_busy() const { return (code & 0xff) == SQLITE_BUSY; }
  Value ToValue() const;
};

// Either nothing or the failure; `if (auto failure = db.Exec(...))` reads as it should.
class [[nodiscard]] SqlStatus {
 public:
  SqlStatus() = default;
  SqlStatus(SqlFailure failure)  // NOLINT(google-explicit-constructor)
      : failed_(true), failure_(std::move(failure)) {}
  bool ok() const { return !failed_; }
  const SqlFailure& failure() const { return failure_; }

 private:
  bool failed_ = false;
  SqlFailure failure_;
};

class Connection {
 public:
  // `flags` as sqlite3_open_v2 takes them. busy_ms 0 means no busy handler.
  static SqlStatus Open(const std::string& path, int flags, int busy_ms, Connection& out);

  bool is_open() const { return db_ != nullptr; }
  sqlite3* handle() const { return db_.get(); }
  // Plain sqlite3_close: a busy connection stays open and the failure says so.
  SqlStatus Close();

  // Runs all statements of `sql`; rows are thrown away.
  SqlStatus Exec(const std::string& sql);
  // Runs one statement with bound arguments and collects at most `limit` rows as arrays.
  SqlStatus Query(const std::string& sql, const Value& arguments, Value& rows, size_t limit = 1000);
  // The first column of the first row; null where there is no row.
  SqlStatus Scalar(const std::string& sql, const Value& arguments, Value& out);
  // Loads the extension: the named entry point first, then SQLite's default one.
  SqlStatus LoadExtension(const std::string& library);

  SqlFailure LastFailure() const;

 private:
  struct Closer {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };
  std::unique_ptr<sqlite3, Closer> db_;
};

}  // namespace harness::actor

#endif  // HARNESS_ACTOR_SQLITE_H_
