// Claims that have ended, inside a write transaction of the caller's.
#ifndef CORE_QUEUE_LAPSED_CLAIMS_H_
#define CORE_QUEUE_LAPSED_CLAIMS_H_

#include <cstdint>
#include <string_view>

#include "core/base/result.h"
#include "core/sql/sqlite_api.h"

namespace honker {

// Makes every job of the queue whose claim ended before `now` pending again, and due. They are
// claimable before and after, and the late worker's calls answer 0 before and after; but now they
// lie in the indexes of pending jobs only, so that this is paid for once a lapse, however often the
// queue is asked.
Status ReleaseLapsedClaims(sqlite3* db, std::string_view queue, int64_t now);

}  // namespace honker

#endif  // CORE_QUEUE_LAPSED_CLAIMS_H_
