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

// How many there were. A DELETE that would find nothing is not run: most claims bury nobody.
template <typename Which>
Result<int64_t> Bury(sqlite3* db, const char* copy_sql, const char* remove_sql, Which which,
                     std::string_view reason, int64_t now) {
  Statement copy(db, copy_sql);
  Status copied = copy.Bind(1, now).Bind(2, reason).Bind(3, which).Run();
  if (!copied.ok()) return copied.error();
  const int64_t count = copy.Changes();
  if (count == 0) return count;
  Status removed = Statement(db, remove_sql).Bind(1, now).Bind(3, which).Run();
  if (!removed.ok()) return removed.error();
  return count;
}

Status WithoutCount(const Result<int64_t>& buried) {
  if (!buried.ok()) return buried.error();
  return Ok();
}

}  // namespace

Status BuryJob(sqlite3* db, int64_t id, std::string_view reason, int64_t now) {
  return WithoutCount(Bury(db, kCopyOneJob, kRemoveOneJob, id, reason, now));
}

Status BuryExhausted(sqlite3* db, std::string_view queue, int64_t now) {
  return WithoutCount(
      Bury(db, kCopyExhausted, kRemoveExhausted, queue, "max attempts exceeded", now));
}

Result<int64_t> BuryExpired(sqlite3* db, std::string_view queue, int64_t now) {
  return Bury(db, kCopyExpired, kRemoveExpired, queue, "expired", now);
}

}  // namespace honker
