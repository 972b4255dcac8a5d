// Is this worker's claim on this job valid?
#ifndef CORE_QUEUE_HELD_CLAIM_H_
#define CORE_QUEUE_HELD_CLAIM_H_

#include <cstdint>
#include <string_view>

#include "core/base/result.h"
#include "core/sql/sqlite_api.h"

namespace honker {

enum class Hold {
  kNone,          // no such job, or not under a claim of this worker, or the claim has ended
  kMoreAttempts,  // held; the job may be claimed again after this attempt
  kLastAttempt,   // held; attempts >= max_attempts
};

// Reads only. A claim is valid while claim_expires_at >= now.
Result<Hold> HoldOf(sqlite3* db, int64_t id, std::string_view worker, int64_t now);

}  // namespace honker

#endif  // CORE_QUEUE_HELD_CLAIM_H_
