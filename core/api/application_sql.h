// One statement of the application, run as it is.
#ifndef CORE_API_APPLICATION_SQL_H_
#define CORE_API_APPLICATION_SQL_H_

#include <span>
#include <string_view>
#include <vector>

#include "honker/database.h"

namespace honker::api {

// Runs `sql`, exactly one statement, with values for its parameters from ?1 up, and gives its rows.
// Errors: SQLite's; SQLITE_MISUSE for no statement, for more than one, and for more values than
// parameters.
Result<std::vector<Row>> RunApplicationSql(sqlite3* db, std::string_view sql,
                                           std::span<const Value> values);

}  // namespace honker::api

#endif  // CORE_API_APPLICATION_SQL_H_
