#include "core/queue/dead_letters.h"

#include "core/sql/statement.h"

namespace honker {
namespace {

// Which rows: ?1 is now, ?3 the job or the queue. Each condition follows an index to the rows it
// moves.
#define ONE_JOB "id = ?3"
#define EXHAUSTED                                                                   \
  "queue = ?3 AND state = 'pending' AND attempts >= max_attempts AND run_at <= ?1 " \
  "AND (expires_at IS NULL OR expires_at > ?1)"
#define EXPIRED "queue = ?3 AND state = 'pending' AND expires_at <= ?1"

// ?2 is the reason.
#define COPY(which)                                                                            \
  "INSERT OR REPLACE INTO main._honker_dead (id, queue, payload, priority, run_at, attempts, " \
  "max_attempts, last_error, created_at, died_at) "                                            \
  "SELECT id, queue, payload, priority, run_at, attempts, max_attempts, ?2, created_at, ?1 "   \
  "FROM main._honker_live WHERE " which
#define REMOVE(which) "DELETE FROM main._honker_live WHERE " which

constexpr char kCopyOneJob[] = COPY(ONE_JOB);
constexpr char kRemoveOneJob[] = REMOVE(ONE_JOB);
constexpr char kCopyExhausted[] = COPY(EXHAUSTED);
constexpr char kRemoveExhausted[] = REMOVE(EXHAUSTED);
constexpr char kCopyExpired[] = COPY(EXPIRED);
constexpr char kRemoveExpired[] = REMOVE(EXPIRED);

}  // namespace

Status BuryJob(sqlite3* db, int64_t id, std::string_view reason, int64_t now) {
  Status copied = Statement(db, kCopyOneJob).Bind(1, now).Bind(2, reason).Bind(3, id).Run();
  if (!copied.ok()) return copied;
  return Statement(db, kRemoveOneJob).Bind(3, id).Run();
}

Status BuryExhausted(sqlite3* db, std::string_view queue, int64_t now) {
  Status copied = Statement(db, kCopyExhausted)
                      .Bind(1, now)
                      .Bind(2, "max attempts exceeded")
                      .Bind(3, queue)
                      .Run();
  if (!copied.ok()) return copied;
  return Statement(db, kRemoveExhausted).Bind(1, now).Bind(3, queue).Run();
}

Result<int64_t> BuryExpired(sqlite3* db, std::string_view queue, int64_t now) {
  Status moved = Statement(db, kCopyExpired).Bind(1, now).Bind(2, "expired").Bind(3, queue).Run();
  if (moved.ok()) moved = Statement(db, kRemoveExpired).Bind(1, now).Bind(3, queue).Run();
  if (!moved.ok()) return moved.error();
  return sqlite3_changes64(db);
}

}  // namespace honker
