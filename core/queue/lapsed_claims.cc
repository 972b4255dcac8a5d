#include "core/queue/lapsed_claims.h"

#include <limits>

#include "core/fault_points.h"
#include "core/sql/statement.h"

namespace honker {
namespace {

constexpr char kRelease[] = R"sql(
  UPDATE main._honker_live
  SET state = 'pending', worker_id = NULL, claim_expires_at = NULL, run_at = min(run_at, ?2)
  WHERE queue = ?1 AND state = 'processing' AND claim_expires_at < ?3
)sql";

}  // namespace

Status ReleaseLapsedClaims(sqlite3* db, std::string_view queue, int64_t now) {
  const int64_t ended_before =
      HONKER_MUTANT("double_claim") ? std::numeric_limits<int64_t>::max() : now;
  return Statement(db, kRelease).Bind(1, queue).Bind(2, now).Bind(3, ended_before).Run();
}

}  // namespace honker
