// One prepared statement for the length of a scope, and the one place that turns an SQLite result
// code into an Error.
//
// Where the connection has the extension the statement comes prepared from statement_cache.h and
// goes back there, reset and without bindings, at the end of the scope: nothing that is kept holds
// a transaction open, and the connection can be closed. Schema changes, PRAGMAs and db_config
// options between two uses are SQLite's to notice; limits lowered in between count for what is
// prepared later.
#ifndef CORE_SQL_STATEMENT_H_
#define CORE_SQL_STATEMENT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/sql/sqlite_api.h"
#include "core/sql/statement_cache.h"

namespace honker {

// What the connection says about its last failure, with the way out where there is one.
Error SqliteError(sqlite3* db, int code);

class Statement {
 public:
  enum Use {
    kAgain,  // SQL that is one of a fixed set of texts
    kOnce,   // DDL, what is put together anew for each call: prepared now, finalized at the end
  };

  // The first statement of `sql`. A failure to prepare it is kept and is what Step() and Run()
  // return.
  Statement(sqlite3* db, std::string_view sql, Use use = kAgain);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Parameters from 1 up. Text is bound with its length: NUL bytes survive. It is not copied and
  // must outlive the last Step().
  Statement& Bind(int index, int64_t value);
  Statement& Bind(int index, std::string_view text);
  Statement& BindNull(int index);
  // A copy of a value of any type, such as a column of another statement that is on a row.
  Statement& Bind(int index, const sqlite3_value* value);

  // What preparing and binding came to so far.
  Status Prepared() const;
  // True on a row, false at the end and from then on. After an error the statement has been reset:
  // SQLite has undone it.
  Result<bool> Step();
  // Steps to the end, ignoring rows.
  Status Run();
  // How many rows the INSERT, UPDATE or DELETE that just ran changed, without those of triggers.
  int64_t Changes() const { return sqlite3_changes64(db_); }
  // Ready to run again; the bound values stay.
  void Reset();

  // Columns from 0 up, valid until the next Step(), Reset() or destruction.
  int ColumnType(int column) { return sqlite3_column_type(statement_, column); }
  int64_t ColumnInt(int column) { return sqlite3_column_int64(statement_, column); }
  double ColumnReal(int column) { return sqlite3_column_double(statement_, column); }
  // The bytes of a TEXT or BLOB.
  std::string_view ColumnText(int column);
  const sqlite3_value* ColumnValue(int column) { return sqlite3_column_value(statement_, column); }

 private:
  void Note(int code);

  sqlite3* db_;
  PreparedList kept_;  // empty: used once
  sqlite3_stmt* statement_ = nullptr;
  bool done_ = false;
  int failed_ = 0;  // the first error of preparing or binding
  Error error_;
};

// Runs one statement without parameters, prepared for this once.
Status Execute(sqlite3* db, std::string_view sql);

}  // namespace honker

#endif  // CORE_SQL_STATEMENT_H_
