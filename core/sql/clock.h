// What time it is for a connection: what SQL unixepoch() would say, without a statement of its own.
#ifndef CORE_SQL_CLOCK_H_
#define CORE_SQL_CLOCK_H_

#include <cstdint>

#include "core/base/result.h"
#include "core/sql/sqlite_api.h"

namespace honker {

// Whole seconds since 1970, from the VFS of the connection (SPEC.md, section 1), as SQLite asks it
// (https://www.sqlite.org/c3ref/vfs.html, xCurrentTimeInt64, else xCurrentTime). An Error where the
// VFS has no clock, or one outside the years 0 to 9999. An application that registers another
// function under the name unixepoch is not asked.
Result<int64_t> Now(sqlite3* db);

}  // namespace honker

#endif  // CORE_SQL_CLOCK_H_
