// What the extension keeps prepared on purpose (core/sql/statement_cache.h).
#ifndef FUZZ_KEPT_STATEMENTS_H_
#define FUZZ_KEPT_STATEMENTS_H_

#include <sqlite3.h>

namespace honker::fuzz {

// How many of the connection's statements those are.
int CountKeptStatements(sqlite3* db);

}  // namespace honker::fuzz

#endif  // FUZZ_KEPT_STATEMENTS_H_
