// The statements that a connection keeps prepared between two calls of ours.
//
// A statement that nobody uses is here, reset and without bindings; who needs it takes it out and
// gives it back, so the same SQL may be in use several times at once (a trigger that calls the
// function it is fired by). Bounded: what was used longest ago is finalized.
//
// Closing. A statement that is not finalized makes sqlite3_close() answer SQLITE_BUSY, and the
// destructors of functions and modules come after that check. SQLite disconnects virtual tables
// before it, so a table of ours does nothing but be disconnected (connection.cc), and Drop() is
// called then. After a close that was refused because of the application's own statements the next
// call connects it again.
//
// Applications that finalize everything that sqlite3_next_stmt() shows. SQLite knows no owners of
// statements, and some applications do that before they close. They finalize ours as well, without
// a word to us. So one more statement is prepared, the witness, which is never run and whose bound
// pointer SQLite gives back when it is finalized: from then on every statement we keep is looked
// for in sqlite3_next_stmt() before it is touched. Costs nothing before it happens. Not covered: an
// application that finalizes some of ours and leaves the witness.
//
// An application's authorizer is asked when a statement is prepared, as always in SQLite: setting
// one prepares everything anew, but where an authorizer's mind changes, or it is taken away, what
// is kept stays as it was allowed (a column that it answered SQLITE_IGNORE for stays NULL).
//
// Where main is an image (sqlite3_deserialize(), main_place.h) nothing is kept.
#ifndef CORE_SQL_STATEMENT_CACHE_H_
#define CORE_SQL_STATEMENT_CACHE_H_

#include <list>
#include <string>
#include <string_view>

#include "core/sql/main_place.h"
#include "core/sql/sqlite_api.h"

namespace honker {

struct PreparedStatement {
  std::string sql;
  sqlite3_stmt* handle;
};
// Moved from list to list: neither taking nor giving back copies or allocates.
using PreparedList = std::list<PreparedStatement>;

// Used by the thread that has the connection.
class StatementCache {
 public:
  // About 300 KB where each of them is in use.
  static constexpr size_t kMost = 64;
  static constexpr char kTable[] = "_honker_statements";

  explicit StatementCache(sqlite3* db) : db_(db), place_(db) {}
  ~StatementCache() { Drop(); }
  StatementCache(const StatementCache&) = delete;
  StatementCache& operator=(const StatementCache&) = delete;

  // One that is ready to run, prepared now where none is idle. The code of preparing; the handle is
  // nullptr where that failed.
  int Take(std::string_view sql, PreparedList& taken);
  // Keeps it, reset, or finalizes it.
  void GiveBack(PreparedList taken);
  // Finalizes everything that is not in use.
  void Drop();
  // How many statements of the connection are kept here, for who looks for leaked ones.
  size_t CountKept() const { return idle_.size() + (witness_ == nullptr ? 0 : 1); }
  // The table is connected: from now on statements may be kept, until Drop().
  void BeforeCloseDropIsCalled() { connected_ = true; }

 private:
  bool ClosingIsNoticed();
  bool WitnessIsThere();
  void ForgetFinalized();
  bool IsAlive(const sqlite3_stmt* handle, const char* sql) const;

  sqlite3* db_;
  MainPlace place_;
  bool connected_ = false;
  sqlite3_stmt* witness_ = nullptr;
  bool witnessed_ = false;  // its pointer has not been given back
  PreparedList idle_;       // the one used last in front
};

}  // namespace honker

#endif  // CORE_SQL_STATEMENT_CACHE_H_
