// honker_claim_batch(queue, worker, n, timeout_s) -> JSON array of jobs
//
// Moves pending jobs that have expired ("expired") and claimable jobs without attempts left ("max
// attempts exceeded") to the dead letters, then claims up to n jobs for `worker` until now +
// timeout_s and returns them by priority descending, run_at, id:
// [{"id":1,"queue":"q","payload":"p","worker_id":"w","attempts":1,"claim_expires_at":1700000000}].
// Claimable is what has not expired and is either pending and due, or under a claim that ended
// before now. n = 0 gives [] and changes nothing; n < 0 and timeout_s <= 0 are errors. All or
// nothing in every context (sql/atomic.h); now is read once, after the write lock was granted, so
// that waiting for the lock shortens no lease. Fewer than n come back where n would not fit into
// one SQLite text.
//
// honker_ack(id, worker) -> 1 or 0
//
// Deletes the job if `worker` holds a claim on it that has not ended (claim_expires_at >= now). One
// statement.
#include "core/functions/families.h"
#include "core/queue/claim.h"
#include "core/sites.h"
#include "core/sql/atomic_answer.h"
#include "core/sql/function.h"
#include "core/sql/insert.h"
#include "core/sql/statement.h"

namespace honker {
namespace {

Result<Answer> ClaimBatch(Call& call) {
  Arguments& arguments = call.arguments;
  const std::string_view queue = arguments.Text(0);
  const std::string_view worker = arguments.Text(1);
  const int64_t wanted = arguments.Int(2);
  const int64_t timeout_s = arguments.Int(3);
  if (!arguments.ok()) return arguments.error();
  if (wanted < 0) return arguments.Complaint(2, "must not be negative");
  if (timeout_s <= 0) return arguments.Complaint(3, "must be greater than 0");
  if (wanted == 0) return Answer{"[]"};

  Result<Answer> claimed = AtomicallyAtNow(call.db, [&](int64_t now) -> Result<Answer> {
    const Result<int64_t> claim_expires_at = arguments.Add(now, timeout_s, 3);
    if (!claim_expires_at.ok()) return claim_expires_at.error();
    Claim claim(call.db, queue, worker, now, claim_expires_at.value());
    Status taken = claim.Take(wanted);
    if (!taken.ok()) return taken.error();
    HONKER_MAY_FAIL("claim.marked");
    return Answer{claim.json()};
  });
  if (claimed.ok()) HONKER_MOMENT("claim.committed");
  return claimed;
}

Result<Answer> Ack(Call& call) {
  const int64_t id = call.arguments.Int(0);
  const std::string_view worker = call.arguments.Text(1);
  if (!call.arguments.ok()) return call.arguments.error();

  Statement remove(call.db,
                   "DELETE FROM main._honker_live WHERE id = ?1 AND state = 'processing' "
                   "AND worker_id = ?2 AND claim_expires_at >= unixepoch()");
  remove.Bind(1, id).Bind(2, worker);
  return ChangedRows(call.db, remove);
}

constexpr Function kFunctions[] = {
    {"honker_claim_batch", ClaimBatch, {"queue", "worker", "n", "timeout_s"}},
    {"honker_ack", Ack, {"id", "worker"}},
};

}  // namespace

Status RegisterClaimFunctions(sqlite3* db) {
  return RegisterFunctions(db, kFunctions, std::size(kFunctions));
}

}  // namespace honker
