// One INSERT ... RETURNING id, as the answer of an SQL function.
#ifndef CORE_SQL_INSERT_H_
#define CORE_SQL_INSERT_H_

#include "core/sql/function.h"
#include "core/sql/statement.h"

namespace honker {

// Runs the statement to its end (only then has it committed in autocommit) and answers the id. What
// last_insert_rowid() shows stays as it was: INSERT INTO orders VALUES (notify(...)) is to show the
// order's.
Result<Answer> InsertedId(sqlite3* db, Statement& insert);

}  // namespace honker

#endif  // CORE_SQL_INSERT_H_
