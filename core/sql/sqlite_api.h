// SQLite as a loadable extension sees it: every call goes through the pointer that the entry point
// was given (https://www.sqlite.org/loadext.html). Nothing here may link libsqlite3: the process
// may have another SQLite than the one this was built against. Only the C++ library (core/api) is
// compiled with SQLITE_CORE, where the same names are direct calls of the SQLite it is linked with.
#ifndef CORE_SQL_SQLITE_API_H_
#define CORE_SQL_SQLITE_API_H_

#include <sqlite3ext.h>

// Set once, by the first load in the process (extension.cc), before any other code of ours can run.
SQLITE_EXTENSION_INIT3

namespace honker {

// The oldest SQLite with everything used here: RETURNING (3.35) and unixepoch() (3.38).
inline constexpr int kOldestSqlite = 3038000;

// True once a connection of this process has loaded the extension: only then may anything of SQLite
// be called. The C ABI is reachable earlier, through dlopen.
bool SqliteIsKnown();

}  // namespace honker

#endif  // CORE_SQL_SQLITE_API_H_
