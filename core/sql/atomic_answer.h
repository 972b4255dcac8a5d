// The work of an SQL function that needs the moment and more than one statement.
#ifndef CORE_SQL_ATOMIC_ANSWER_H_
#define CORE_SQL_ATOMIC_ANSWER_H_

#include <cstdint>
#include <functional>

#include "core/sql/function.h"
#include "core/sql/statement.h"

namespace honker {

// Atomically() (sql/atomic.h) for work that gives the answer. `now` is read once, after the write
// lock was granted: waiting for the lock shortens no lease and no TTL.
Result<Answer> AtomicallyAtNow(sqlite3* db, const std::function<Result<Answer>(int64_t now)>& work);

// As SQL says yes and no.
inline Answer OneOrZero(bool yes) { return int64_t{yes ? 1 : 0}; }

}  // namespace honker

#endif  // CORE_SQL_ATOMIC_ANSWER_H_
