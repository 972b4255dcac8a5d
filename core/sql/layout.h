// The tables and indexes that every honker shares. Names and types are fixed: other implementations
// read and write the same file. What is ours alone is marked; it may be absent.
#ifndef CORE_SQL_LAYOUT_H_
#define CORE_SQL_LAYOUT_H_

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/sql/sqlite_api.h"

namespace honker {

// What to look after: loading the extension makes the notifications table only.
enum class Part { kNotifications, kEverything };

// The statements that bring main up to date: what is not there yet, and columns that an older file
// lacks. Empty when nothing is missing. Reads only.
Result<std::vector<std::string>> MissingParts(sqlite3* db, Part part);

// Brings main up to date, all or nothing. Ok without writing where nothing is missing (so it works
// on read-only and write-locked databases). In autocommit the write lock is awaited with the busy
// handler, so that any number of processes may do this to one fresh file. Inside a transaction it
// becomes part of it. Inside a statement that writes, or a trigger, it is refused.
Status BringUpToDate(sqlite3* db, Part part);

}  // namespace honker

#endif  // CORE_SQL_LAYOUT_H_
