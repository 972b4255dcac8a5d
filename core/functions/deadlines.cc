// honker_queue_next_claim_at(queue) -> moment, or 0
//
// The earliest moment at which honker_claim_batch(queue, ...) could return something, in seconds:
// the run_at of a pending job, or the second after a running claim ends. Moments that have passed
// count: a job that fell due between a claim and this call must not wait for the worker's idle
// poll. Jobs without attempts left, and jobs that will have expired by then, do not count. 0 where
// there is none; a job due at 0 or before (a caller may say so) shows as 1, which has passed as
// well. Reads only.
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "core/fault_points.h"
#include "core/functions/families.h"
#include "core/sql/clock.h"
#include "core/sql/function.h"
#include "core/sql/statement.h"

namespace honker {
namespace {

// One statement, so that a job that moves between pending and processing is in exactly one half.
// Both halves follow an index in the order of time and stop at the first job that counts. The upper
// limits keep out values of other types, which sort after every number; claim_expires_at + 1 is
// formed below that limit, where it cannot turn into REAL (a claim that ends at the end of 64 bits
// never does).
constexpr char kNext[] = R"sql(
  SELECT
    (SELECT run_at FROM main._honker_live
     WHERE queue = ?1 AND state = 'pending'
       AND run_at >= ?3 AND run_at <= 9223372036854775807 AND attempts < max_attempts
       AND (expires_at IS NULL OR (expires_at > ?2 AND expires_at > run_at))
     ORDER BY run_at LIMIT 1),
    (SELECT claim_expires_at + 1 FROM main._honker_live
     WHERE queue = ?1 AND state = 'processing'
       AND claim_expires_at >= ?3 AND claim_expires_at < 9223372036854775807
       AND attempts < max_attempts
       AND (expires_at IS NULL OR (expires_at > ?2 AND expires_at > claim_expires_at + 1))
     ORDER BY claim_expires_at LIMIT 1)
)sql";

// A column of the answer in whole seconds, nothing where it is NULL. An INTEGER column keeps what
// is no whole number: half a second past means the next whole one.
std::optional<int64_t> Moment(Statement& statement, int column) {
  switch (statement.ColumnType(column)) {
    case SQLITE_INTEGER:
      return statement.ColumnInt(column);
    case SQLITE_FLOAT:
      return static_cast<int64_t>(std::clamp(std::ceil(statement.ColumnReal(column)), -9e18, 9e18));
    default:
      return std::nullopt;
  }
}

Result<Answer> NextClaimAt(Call& call) {
  const std::string_view queue = call.arguments.Text(0);
  if (!call.arguments.ok()) return call.arguments.error();
  const Result<int64_t> now = Now(call.db);
  if (!now.ok()) return now.error();
  const int64_t earliest = HONKER_MUTANT("next_claim_future_only")
                               ? now.value() + 1
                               : std::numeric_limits<int64_t>::min();

  Statement statement(call.db, kNext);
  statement.Bind(1, queue).Bind(2, now.value()).Bind(3, earliest);
  Result<bool> row = statement.Step();
  if (!row.ok()) return row.error();
  const std::optional<int64_t> due = Moment(statement, 0);
  const std::optional<int64_t> reclaimed = Moment(statement, 1);
  Status end = statement.Run();
  if (!end.ok()) return end.error();
  if (!due && !reclaimed) return Answer{int64_t{0}};
  const int64_t next = due && reclaimed ? std::min(*due, *reclaimed) : due ? *due : *reclaimed;
  return Answer{std::max<int64_t>(next, 1)};
}

constexpr Function kFunctions[] = {
    {"honker_queue_next_claim_at", NextClaimAt, {"queue"}},
};

}  // namespace

Status RegisterDeadlineFunctions(sqlite3* db) {
  return RegisterFunctions(db, kFunctions, std::size(kFunctions));
}

}  // namespace honker
