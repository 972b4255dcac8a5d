// One connection of the C++ API and what goes with it: shared by the Database and everything made
// from it, closed with the last of them.
#ifndef CORE_API_SESSION_H_
#define CORE_API_SESSION_H_

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/api/busy_wait.h"
#include "core/api/deadline.h"
#include "core/sql/statement.h"
#include "honker/database.h"

namespace honker::api {

class Session {
 public:
  static Result<std::shared_ptr<Session>> Open(const std::string& path, const OpenOptions& options);
  static Result<std::shared_ptr<Session>> Attach(sqlite3* db, const OpenOptions& options);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  sqlite3* db() const { return db_; }
  const std::string& path() const { return path_; }
  const OpenOptions& options() const { return options_; }
  bool owned() const { return owned_; }
  BusyWait& busy_wait() { return busy_wait_; }
  bool in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }

  // Steps a statement that answers with one row and one column to its end, so that in autocommit it
  // has committed. The error keeps SQLite's code.
  static Result<int64_t> Int(Statement& statement);
  static Result<bool> IsOne(Statement& statement);        // of a function that answers 1 or 0
  static Result<std::string> Text(Statement& statement);  // NULL is ""
  static Result<std::optional<std::string>> OptionalText(Statement& statement);

  // The wall clock of the connection's VFS, by which unixepoch() goes: milliseconds since 1970.
  Result<int64_t> NowMs();
  // When a moment of that clock comes, by the clock that waits are measured with: a wait until then
  // never ends before the moment.
  Result<Clock::time_point> WhenIs(int64_t unix_s);

 private:
  Session(sqlite3* db, bool owned, OpenOptions options);

  sqlite3* const db_;
  const bool owned_;
  const OpenOptions options_;
  std::string path_;
  BusyWait busy_wait_;
};

}  // namespace honker::api

#endif  // CORE_API_SESSION_H_
