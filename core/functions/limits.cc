// Rate limits over fixed windows: the window of a moment begins at (now / per) * per.
//
// honker_rate_limit_try(name, limit, per) -> 1 or 0
//
// 1 and one more on the count of the window, as long as that stays within `limit`; else 0, and
// nothing changes. limit <= 0 and per <= 0 are errors, as is a row whose count is no integer. All
// or nothing in every context (sql/atomic.h).
//
// honker_rate_limit_sweep(older_than_s) -> count
//
// Deletes windows that began more than older_than_s ago and are over; one that is still active
// stays, whatever it is asked for. A negative older_than_s is an error. One statement.
//
// The length of a window stands in window_s, a column of ours. A row of another honker has none:
// it is taken to be over when a later window of the same name has begun, since a limit has one
// length, and stays until then. Calls with different lengths for one name share the rows of the
// windows that begin together; the longest length counts.
#include <limits>

#include "core/fault_points.h"
#include "core/functions/families.h"
#include "core/sql/atomic_answer.h"
#include "core/sql/clock.h"
#include "core/sql/function.h"
#include "core/sql/insert.h"
#include "core/sql/statement.h"

namespace honker {
namespace {

constexpr char kCount[] = R"sql(
  SELECT count FROM main._honker_rate_limits WHERE name = ?1 AND window_start = ?2
)sql";

constexpr char kGrant[] = R"sql(
  INSERT INTO main._honker_rate_limits (name, window_start, count, window_s) VALUES (?1, ?2, 1, ?3)
  ON CONFLICT (name, window_start) DO UPDATE
  SET count = count + 1, window_s = max(ifnull(window_s, 0), excluded.window_s)
)sql";

// ?1 is now, ?2 the first start that is recent enough to stay.
constexpr char kSweep[] = R"sql(
  DELETE FROM main._honker_rate_limits AS past
  WHERE window_start < ?2
    AND CASE WHEN window_s IS NOT NULL THEN window_start + window_s <= ?1
        ELSE EXISTS (SELECT 1 FROM main._honker_rate_limits AS later
                     WHERE later.name = past.name AND later.window_start > past.window_start
                       AND later.window_start <= ?1)
        END
)sql";

// How often the window has granted so far.
Result<int64_t> CountOf(sqlite3* db, std::string_view name, int64_t window_start) {
  Statement count(db, kCount);
  const Result<bool> row = count.Bind(1, name).Bind(2, window_start).Step();
  if (!row.ok()) return row.error();
  if (!row.value()) return 0;
  if (count.ColumnType(0) == SQLITE_INTEGER) return count.ColumnInt(0);
  return Error{SQLITE_ERROR, "the row of this window is unreadable: its count is no integer"};
}

Result<Answer> Try(Call& call) {
  Arguments& arguments = call.arguments;
  const std::string_view name = arguments.Text(0);
  const int64_t limit = arguments.Int(1);
  const int64_t per = arguments.Int(2);
  if (!arguments.ok()) return arguments.error();
  if (limit <= 0) return arguments.Complaint(1, "must be greater than 0");
  if (per <= 0) return arguments.Complaint(2, "must be greater than 0");

  return AtomicallyAtNow(call.db, [&](int64_t now) -> Result<Answer> {
    const int64_t window_start = now / per * per;  // no further from 0 than now
    const Result<int64_t> count = CountOf(call.db, name, window_start);
    if (!count.ok()) return count.error();
    if (count.value() >= limit) return OneOrZero(false);
    Status granted =
        Statement(call.db, kGrant).Bind(1, name).Bind(2, window_start).Bind(3, per).Run();
    if (!granted.ok()) return granted.error();
    return OneOrZero(true);
  });
}

Result<Answer> Sweep(Call& call) {
  const int64_t older_than_s = call.arguments.Int(0);
  if (!call.arguments.ok()) return call.arguments.error();
  if (older_than_s < 0) return call.arguments.Complaint(0, "must not be negative");
  const Result<int64_t> now = Now(call.db);
  if (!now.ok()) return now.error();
  const Result<int64_t> recent = call.arguments.Add(now.value(), -older_than_s, 0);
  if (!recent.ok()) return recent.error();

  Statement sweep(call.db, kSweep);
  const bool all = HONKER_MUTANT("sweep_active");
  sweep.Bind(1, all ? std::numeric_limits<int64_t>::max() : now.value()).Bind(2, recent.value());
  return ChangedRows(call.db, sweep);
}

constexpr Function kFunctions[] = {
    {"honker_rate_limit_try", Try, {"name", "limit", "per"}},
    {"honker_rate_limit_sweep", Sweep, {"older_than_s"}},
};

}  // namespace

Status RegisterLimitFunctions(sqlite3* db) {
  return RegisterFunctions(db, kFunctions, std::size(kFunctions));
}

}  // namespace honker
