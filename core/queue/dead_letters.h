// Moving jobs from _honker_live to _honker_dead, inside a write transaction of the caller's.
//
// A dead letter of the same id may be there already: somebody put a dead job back into the queue
// and left the old row. It is the same job; the newest death replaces it, and the queue goes on.
#ifndef CORE_QUEUE_DEAD_LETTERS_H_
#define CORE_QUEUE_DEAD_LETTERS_H_

#include <cstdint>
#include <string_view>

#include "core/base/result.h"
#include "core/sql/sqlite_api.h"

namespace honker {

// One job, whatever its state, with `reason` as its last_error.
Status BuryJob(sqlite3* db, int64_t id, std::string_view reason, int64_t now);

// Every pending job of the queue that is due, has not expired and has no attempts left.
Status BuryExhausted(sqlite3* db, std::string_view queue, int64_t now);

// Every pending job of the queue that has expired; how many there were.
Result<int64_t> BuryExpired(sqlite3* db, std::string_view queue, int64_t now);

}  // namespace honker

#endif  // CORE_QUEUE_DEAD_LETTERS_H_
