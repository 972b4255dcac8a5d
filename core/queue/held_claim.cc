#include "core/queue/held_claim.h"

#include "core/sql/statement.h"

namespace honker {
namespace {

constexpr char kHeld[] = R"sql(
  SELECT attempts >= max_attempts FROM main._honker_live
  WHERE id = ?1 AND state = 'processing' AND worker_id = ?2 AND claim_expires_at >= ?3
)sql";

}  // namespace

Result<Hold> HoldOf(sqlite3* db, int64_t id, std::string_view worker, int64_t now) {
  Statement held(db, kHeld);
  held.Bind(1, id).Bind(2, worker).Bind(3, now);
  Result<bool> row = held.Step();
  if (!row.ok()) return row.error();
  if (!row.value()) return Hold::kNone;
  return held.ColumnInt(0) != 0 ? Hold::kLastAttempt : Hold::kMoreAttempts;
}

}  // namespace honker
