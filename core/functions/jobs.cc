// What may be done with a job without holding a claim on it.
//
// honker_cancel(id) -> 1 or 0
//
// Deletes a pending or processing job, whoever holds it; what the holder says later answers 0. One
// statement.
//
// honker_get_job(id) -> JSON object, or '' where there is no such job
//
// The row of _honker_live with all its columns:
// {"id":1,"queue":"q","payload":"p","state":"pending","priority":0,"run_at":1700000000,
// "worker_id":null,"claim_expires_at":null,"attempts":0,"max_attempts":3,"created_at":1700000000,
// "expires_at":null}. Reads only. A row that JSON cannot carry is an error that says why.
//
// honker_sweep_expired(queue) -> count
//
// Moves every job of the queue whose expires_at <= now to the dead letters ("expired"): what is
// pending, and what is under a claim that has ended. A valid claim protects its job; it is swept
// once the claim is over. All or nothing (sql/atomic.h). Jobs that have not expired but whose claim
// has ended become pending on the way, as in a claim, so that no later sweep meets them again.
#include "core/functions/families.h"
#include "core/queue/dead_letters.h"
#include "core/queue/lapsed_claims.h"
#include "core/sql/atomic_answer.h"
#include "core/sql/function.h"
#include "core/sql/insert.h"
#include "core/sql/json_row.h"
#include "core/sql/statement.h"

namespace honker {
namespace {

constexpr char kCancel[] = R"sql(
  DELETE FROM main._honker_live WHERE id = ?1 AND state IN ('pending', 'processing')
)sql";

constexpr char kJob[] = R"sql(
  SELECT id, queue, payload, state, priority, run_at, worker_id, claim_expires_at, attempts,
         max_attempts, created_at, expires_at
  FROM main._honker_live WHERE id = ?1
)sql";

constexpr JsonColumn kJobColumns[] = {
    {"id", JsonColumn::kInteger},
    {"queue", JsonColumn::kText},
    {"payload", JsonColumn::kText},
    {"state", JsonColumn::kText},
    {"priority", JsonColumn::kInteger},
    {"run_at", JsonColumn::kInteger},
    {"worker_id", JsonColumn::kText, JsonColumn::kMayBeNull},
    {"claim_expires_at", JsonColumn::kInteger, JsonColumn::kMayBeNull},
    {"attempts", JsonColumn::kInteger},
    {"max_attempts", JsonColumn::kInteger},
    {"created_at", JsonColumn::kInteger},
    {"expires_at", JsonColumn::kInteger, JsonColumn::kMayBeNull},
};

Result<Answer> Cancel(Call& call) {
  const int64_t id = call.arguments.Int(0);
  if (!call.arguments.ok()) return call.arguments.error();
  Statement cancel(call.db, kCancel);
  cancel.Bind(1, id);
  return ChangedRows(call.db, cancel);
}

Result<Answer> GetJob(Call& call) {
  const int64_t id = call.arguments.Int(0);
  if (!call.arguments.ok()) return call.arguments.error();
  Statement job(call.db, kJob);
  const Result<bool> found = job.Bind(1, id).Step();
  if (!found.ok()) return found.error();
  if (!found.value()) return Answer{""};

  std::string json;
  Status readable = AppendJsonRow(json, job, kJobColumns);
  if (!readable.ok()) {
    return Error{readable.error().code,
                 "the job " + std::to_string(id) + " is " + readable.error().message};
  }
  if (json.size() > static_cast<size_t>(sqlite3_limit(call.db, SQLITE_LIMIT_LENGTH, -1))) {
    return Error{SQLITE_TOOBIG, "the job " + std::to_string(id) +
                                    " is longer as JSON than SQLite allows a text to be"};
  }
  return Answer{std::move(json)};
}

Result<Answer> SweepExpired(Call& call) {
  const std::string_view queue = call.arguments.Text(0);
  if (!call.arguments.ok()) return call.arguments.error();
  return AtomicallyAtNow(call.db, [&](int64_t now) -> Result<Answer> {
    Status released = ReleaseLapsedClaims(call.db, queue, now);
    if (!released.ok()) return released.error();
    const Result<int64_t> buried = BuryExpired(call.db, queue, now);
    if (!buried.ok()) return buried.error();
    return Answer{buried.value()};
  });
}

constexpr Function kFunctions[] = {
    {"honker_cancel", Cancel, {"id"}},
    {"honker_get_job", GetJob, {"id"}},
    {"honker_sweep_expired", SweepExpired, {"queue"}},
};

}  // namespace

Status RegisterJobFunctions(sqlite3* db) {
  return RegisterFunctions(db, kFunctions, std::size(kFunctions));
}

}  // namespace honker
