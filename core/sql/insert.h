// One statement that writes, whose effect is the answer of an SQL function. What
// last_insert_rowid() shows stays as it was: INSERT INTO orders VALUES (notify(...)) is to show the
// order's.
#ifndef CORE_SQL_INSERT_H_
#define CORE_SQL_INSERT_H_

#include "core/sql/function.h"
#include "core/sql/statement.h"

namespace honker {

// Runs the INSERT of one row and answers its id; 0 where a trigger of the application had the row
// ignored. No RETURNING: it costs a fifth of the INSERT.
Result<Answer> InsertedId(sqlite3* db, Statement& insert);

// Runs the statement and answers how many rows it changed, without those of triggers: 1 or 0 where
// it can meet one row only.
Result<Answer> ChangedRows(sqlite3* db, Statement& write);

}  // namespace honker

#endif  // CORE_SQL_INSERT_H_
