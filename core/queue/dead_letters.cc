#include "core/queue/dead_letters.h"

#include <string>

#include "core/sql/statement.h"

namespace honker {
namespace {

// ?1 is now, ?2 the reason; `which` says which rows of _honker_live and may use ?3.
std::string Copy(std::string_view which) {
  return "INSERT OR REPLACE INTO main._honker_dead (id, queue, payload, priority, run_at, "
         "attempts, "
         "max_attempts, last_error, created_at, died_at) SELECT id, queue, payload, priority, "
         "run_at, "
         "attempts, max_attempts, ?2, created_at, ?1 FROM main._honker_live WHERE " +
         std::string(which);
}

std::string Remove(std::string_view which) {
  return "DELETE FROM main._honker_live WHERE " + std::string(which);
}

}  // namespace

Status BuryJob(sqlite3* db, int64_t id, std::string_view reason, int64_t now) {
  constexpr std::string_view kWhich = "id = ?3";
  Status copied = Statement(db, Copy(kWhich)).Bind(1, now).Bind(2, reason).Bind(3, id).Run();
  if (!copied.ok()) return copied;
  return Statement(db, Remove(kWhich)).Bind(3, id).Run();
}

Status BuryExhausted(sqlite3* db, std::string_view queue, int64_t now) {
  constexpr std::string_view kWhich =
      "queue = ?3 AND state = 'pending' AND attempts >= max_attempts AND run_at <= ?1 "
      "AND (expires_at IS NULL OR expires_at > ?1)";
  Status copied = Statement(db, Copy(kWhich))
                      .Bind(1, now)
                      .Bind(2, "max attempts exceeded")
                      .Bind(3, queue)
                      .Run();
  if (!copied.ok()) return copied;
  return Statement(db, Remove(kWhich)).Bind(1, now).Bind(3, queue).Run();
}

}  // namespace honker
