// Results of jobs, kept until their TTL is over: a result is gone at expires_at <= now, whether its
// row is still there or not.
//
// honker_result_save(job_id, value, ttl_s) -> 1
//
// Stores or replaces the result, until now + ttl_s; ttl_s <= 0 means for ever. The job need not
// exist. All or nothing (sql/atomic.h).
//
// honker_result_get(job_id) -> text or NULL
//
// NULL where there is none (any more), or where another program has stored NULL. Reads only. A
// value that is no text of valid UTF-8, or an expires_at that is no number, is an error.
//
// honker_result_sweep() -> count
//
// Deletes the results that are gone. One statement.
#include "core/base/utf8.h"
#include "core/fault_points.h"
#include "core/functions/families.h"
#include "core/sql/atomic_answer.h"
#include "core/sql/clock.h"
#include "core/sql/function.h"
#include "core/sql/insert.h"
#include "core/sql/statement.h"

namespace honker {
namespace {

constexpr char kSave[] = R"sql(
  INSERT INTO main._honker_results (job_id, value, created_at, expires_at) VALUES (?1, ?2, ?3, ?4)
  ON CONFLICT (job_id) DO UPDATE SET value = excluded.value, created_at = excluded.created_at,
                                     expires_at = excluded.expires_at
)sql";

constexpr char kGet[] = R"sql(
  SELECT value, expires_at, expires_at <= ?2 FROM main._honker_results WHERE job_id = ?1
)sql";

constexpr char kSweep[] = R"sql(
  DELETE FROM main._honker_results WHERE expires_at <= ?1
)sql";

Result<Answer> Save(Call& call) {
  Arguments& arguments = call.arguments;
  const int64_t job_id = arguments.Int(0);
  const std::string_view value = arguments.Text(1);
  const int64_t ttl_s = arguments.Int(2);
  if (!arguments.ok()) return arguments.error();

  return AtomicallyAtNow(call.db, [&](int64_t now) -> Result<Answer> {
    Statement save(call.db, kSave);
    save.Bind(1, job_id).Bind(2, value).Bind(3, now).BindNull(4);
    if (ttl_s > 0) {
      const Result<int64_t> expires_at = arguments.Add(now, ttl_s, 2);
      if (!expires_at.ok()) return expires_at.error();
      save.Bind(4, expires_at.value());
    }
    Status saved = save.Run();
    if (!saved.ok()) return saved.error();
    return Answer{int64_t{1}};
  });
}

Result<Answer> Get(Call& call) {
  const int64_t job_id = call.arguments.Int(0);
  if (!call.arguments.ok()) return call.arguments.error();
  const Result<int64_t> now = Now(call.db);
  if (!now.ok()) return now.error();

  Statement get(call.db, kGet);
  const Result<bool> row = get.Bind(1, job_id).Bind(2, now.value()).Step();
  if (!row.ok()) return row.error();
  if (!row.value()) return Answer{};
  const int end = get.ColumnType(1);
  if (end == SQLITE_TEXT || end == SQLITE_BLOB) {
    return Error{SQLITE_ERROR, "the row of this result is unreadable: its expires_at is no number"};
  }
  const bool over = end != SQLITE_NULL && get.ColumnInt(2) != 0;
  if (over && !HONKER_MUTANT("result_after_ttl")) return Answer{};
  if (get.ColumnType(0) == SQLITE_NULL) return Answer{};
  const std::string_view value = get.ColumnText(0);
  if (get.ColumnType(0) != SQLITE_TEXT || !IsUtf8(value)) {
    return Error{SQLITE_ERROR,
                 "the row of this result is unreadable: its value is no text of valid UTF-8"};
  }
  return Answer{std::string(value)};
}

Result<Answer> Sweep(Call& call) {
  const Result<int64_t> now = Now(call.db);
  if (!now.ok()) return now.error();
  Statement sweep(call.db, kSweep);
  sweep.Bind(1, now.value());
  return ChangedRows(call.db, sweep);
}

constexpr Function kFunctions[] = {
    {"honker_result_save", Save, {"job_id", "value", "ttl_s"}},
    {"honker_result_get", Get, {"job_id"}},
    {"honker_result_sweep", Sweep, {}},
};

}  // namespace

Status RegisterResultFunctions(sqlite3* db) {
  return RegisterFunctions(db, kFunctions, std::size(kFunctions));
}

}  // namespace honker
