// honker_scheduler_register(name, queue, expr, payload, priority, expires_s [, max_attempts]) -> 1
//
// Makes the schedule `name`, or changes it: at each moment of `expr` (cron/expression.h,
// cron/next_after.h) a job with this payload and priority goes into the queue; it expires expires_s
// after it was put there, or never where that is NULL. max_attempts is 3 where not given, and at
// least 1. A new schedule is enabled, and fires first at the first boundary after now. One that is
// there keeps `enabled` (a restart resumes nothing that somebody paused), and with the same text as
// expr keeps its next_fire_at (a restart loses no fire). One statement.
//
// All schedules of a database that go by the wall clock are in one time zone, that of who
// registered the first (the column zone, ours alone; cron/zone_name.h). In a process of another
// zone registering or updating such an expression is an error that names both, and a tick that
// meets one is an error as a whole: two leaders would move its boundaries to and fro. The way to
// another zone is to unregister them and to register them there. A schedule that another honker has
// written has no zone until the next tick, which gives it its own. "@every" is the same everywhere.
//
// honker_scheduler_unregister(name) -> 1 or 0
// honker_scheduler_pause(name) -> 1 or 0
// honker_scheduler_resume(name) -> 1 or 0
//
// 1 where there is such a schedule, also where it was paused, or running, already. Resuming leaves
// next_fire_at alone: boundaries that passed meanwhile fire, as after any other pause of the
// scheduler. One statement each.
//
// honker_scheduler_update(name, expr, payload, priority, expires_s, touch_expires
//                         [, max_attempts, touch_max]) -> 1 or 0
//
// Sets what is not NULL. touch_expires = 1 says that a NULL expires_s is meant (never),
// touch_max = 1 that a NULL max_attempts is (3, the default); both are 0 or 1. Another expr than
// before moves next_fire_at to its first boundary after now. 0 where there is no such schedule; the
// arguments are checked all the same. One statement.
//
// honker_scheduler_tick(now) -> JSON array of fires
//
// For every enabled schedule with next_fire_at <= now, in the order of next_fire_at: puts one job
// into its queue for each boundary up to now, at most 64, and moves next_fire_at on; after 64 it
// goes to the first boundary after now, and what lies between is never fired. The job's run_at is
// its boundary; created_at is now, and expires_at now + expires_s.
// [{"name":"n","queue":"q","fire_at":1700000000,"job_id":1}]; the last fire before boundaries that
// were never fired has their number as "skipped" (at most Tick::kMostCounted, which then means so
// many or more). All or nothing in every context
// (sql/atomic.h), so that each boundary fires once, however many processes tick; in autocommit a
// call that finds nothing due takes no lock. Where the answer would be longer than SQLite allows a
// text to be, fewer fire, and the next call goes on.
//
// A schedule that cannot be used (a BLOB or invalid UTF-8 for a text, no integer for a number, an
// expression that is none or has no next boundary, now + expires_s outside of 64 bits) stops no
// other one. Each call reports it as an element of its own:
// {"name":"n","queue":null,"fire_at":null,"job_id":null,"error":"unreadable: ... (row 7)"}, name
// being null where that cannot be read. In the answer and not on stderr: the caller is the one who
// can tell somebody, and a line a second would tell nobody. The keys are those of a fire, so that a
// reader that only looks for job_id finds null.
//
// honker_scheduler_soonest() -> moment, or 0
//
// The smallest next_fire_at of the enabled schedules that can be used; 0 if there is none. A time
// at 0 or before shows as 1, which has passed as well. One that cannot be used is left out, since
// no tick would ever move it and a scheduler that sleeps until then would never sleep; where there
// are only such, that is an error. Reads only.
//
// honker_scheduler_list() -> JSON array
//
// Every schedule by name, each column under its own name, enabled as true or false. What cannot be
// read is null, and one that could not fire has the reason as "error". Reads only.
#include <algorithm>

#include "core/cron/next_after.h"
#include "core/fault_points.h"
#include "core/functions/families.h"
#include "core/schedule/task.h"
#include "core/schedule/tick.h"
#include "core/sites.h"
#include "core/sql/atomic.h"
#include "core/sql/clock.h"
#include "core/sql/function.h"
#include "core/sql/insert.h"
#include "core/sql/statement.h"

namespace honker {
namespace {

constexpr int64_t kMaxAttempts = 3;  // where nobody says

// Whether there is a schedule of another time zone than ?9 (which is NULL where none matters).
#define OTHER_ZONE                                                                             \
  "(EXISTS (SELECT 1 FROM main._honker_scheduler_tasks WHERE zone IS NOT NULL AND zone < ?9) " \
  "OR EXISTS (SELECT 1 FROM main._honker_scheduler_tasks WHERE zone IS NOT NULL AND zone > ?9))"

constexpr char kRegister[] = R"sql(
  INSERT INTO main._honker_scheduler_tasks AS task
    (name, queue, cron_expr, payload, priority, expires_s, next_fire_at, enabled, max_attempts,
     zone)
  SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?8, ?9 WHERE NOT )sql" OTHER_ZONE R"sql(
  ON CONFLICT (name) DO UPDATE SET
    queue = excluded.queue, cron_expr = excluded.cron_expr, payload = excluded.payload,
    priority = excluded.priority, expires_s = excluded.expires_s,
    max_attempts = excluded.max_attempts, zone = excluded.zone,
    next_fire_at = CASE WHEN task.cron_expr = excluded.cron_expr
                         AND typeof(task.next_fire_at) = 'integer'
                        THEN task.next_fire_at ELSE excluded.next_fire_at END
)sql";

constexpr char kUnregister[] = R"sql(
  DELETE FROM main._honker_scheduler_tasks WHERE name = ?1
)sql";

constexpr char kPause[] = R"sql(
  UPDATE main._honker_scheduler_tasks SET enabled = 0 WHERE name = ?1
)sql";

constexpr char kResume[] = R"sql(
  UPDATE main._honker_scheduler_tasks SET enabled = 1 WHERE name = ?1
)sql";

// ?2 and ?7: the expression, and its first boundary; ?6 and ?10: NULL is meant.
constexpr char kUpdate[] = R"sql(
  UPDATE main._honker_scheduler_tasks SET
    cron_expr = coalesce(?2, cron_expr),
    payload = coalesce(?3, payload),
    priority = coalesce(?4, priority),
    expires_s = CASE WHEN ?6 THEN ?5 ELSE coalesce(?5, expires_s) END,
    next_fire_at = CASE WHEN ?2 IS NULL
                          OR (cron_expr = ?2 AND typeof(next_fire_at) = 'integer')
                        THEN next_fire_at ELSE ?7 END,
    max_attempts = coalesce(?8, CASE WHEN ?10 THEN ?11 ELSE max_attempts END),
    zone = CASE WHEN ?2 IS NULL THEN zone ELSE ?9 END
  WHERE name = ?1 AND NOT )sql" OTHER_ZONE;

// The least and the greatest: of one zone where all are.
constexpr char kZones[] = R"sql(
  SELECT (SELECT min(zone) FROM main._honker_scheduler_tasks WHERE zone IS NOT NULL),
         (SELECT max(zone) FROM main._honker_scheduler_tasks WHERE zone IS NOT NULL)
)sql";

// Read until one can be used.
constexpr char kSoonest[] = R"sql(
  SELECT name, queue, cron_expr, payload, priority, expires_s, next_fire_at, enabled, max_attempts
  FROM main._honker_scheduler_tasks
  WHERE enabled <> 0
  ORDER BY next_fire_at
)sql";

constexpr char kList[] = R"sql(
  SELECT name, queue, cron_expr, payload, priority, expires_s, next_fire_at, enabled, max_attempts
  FROM main._honker_scheduler_tasks
  ORDER BY name
)sql";

template <typename T>
void BindOptional(Statement& statement, int index, const std::optional<T>& value) {
  if (value) {
    statement.Bind(index, *value);
  } else {
    statement.BindNull(index);
  }
}

struct First {
  int64_t boundary;
  std::optional<std::string> zone;  // that it is a boundary in; none where that does not matter
};

// The first boundary of the expression that is argument `index`.
Result<First> FirstBoundary(const Arguments& arguments, int index, std::string_view text,
                            int64_t now) {
  const Result<Expression> expression = ParseExpression(text);
  if (!expression.ok()) return arguments.Complaint(index, expression.error().message);
  const Result<std::optional<int64_t>> next = NextAfter(expression.value(), now);
  if (!next.ok()) return arguments.Complaint(index, next.error().message);
  if (!next.value()) return arguments.Complaint(index, kNeverFires);
  return First{*next.value(), ZoneOf(expression.value())};
}

// Runs what writes a schedule whose expression is argument `index`, and says why where it did not
// because of another time zone.
Result<Answer> WriteInOneZone(Call& call, Statement& write, int index,
                              const std::optional<std::string>& zone) {
  Result<Answer> changed = ChangedRows(call.db, write);
  if (!changed.ok() || !zone || std::get<int64_t>(changed.value()) != 0) return changed;
  Statement zones(call.db, kZones);
  const Result<bool> row = zones.Step();
  if (!row.ok()) return row.error();
  for (const int column : {0, 1}) {
    if (zones.ColumnType(column) != SQLITE_NULL && zones.ColumnText(column) != *zone) {
      return call.arguments.Complaint(index, OtherZone(zones.ColumnText(column), *zone));
    }
  }
  return changed;  // a trigger of the application, or nothing of that name
}

Result<Answer> Register(Call& call, bool attempts_given) {
  Arguments& arguments = call.arguments;
  const std::string_view name = arguments.Text(0);
  const std::string_view queue = arguments.Text(1);
  const std::string_view expression = arguments.Text(2);
  const std::string_view payload = arguments.Text(3);
  const int64_t priority = arguments.Int(4);
  const std::optional<int64_t> expires_s = arguments.OptionalInt(5);
  const int64_t max_attempts = attempts_given ? arguments.Int(6) : kMaxAttempts;
  if (!arguments.ok()) return arguments.error();
  if (max_attempts < 1) return arguments.Complaint(6, "must be at least 1");

  const Result<int64_t> now = Now(call.db);
  if (!now.ok()) return now.error();
  const Result<First> first = FirstBoundary(arguments, 2, expression, now.value());
  if (!first.ok()) return first.error();
  const Result<int64_t> expires_at = arguments.Add(now.value(), expires_s.value_or(0), 5);
  if (!expires_at.ok()) return expires_at.error();

  Statement insert(call.db, kRegister);
  insert.Bind(1, name).Bind(2, queue).Bind(3, expression).Bind(4, payload).Bind(5, priority);
  BindOptional(insert, 6, expires_s);
  insert.Bind(7, first.value().boundary).Bind(8, max_attempts);
  BindOptional(insert, 9, first.value().zone);
  return WriteInOneZone(call, insert, 2, first.value().zone);
}

Result<Answer> RegisterDefault(Call& call) { return Register(call, false); }
Result<Answer> RegisterWithAttempts(Call& call) { return Register(call, true); }

Result<Answer> ByName(Call& call, const char* sql) {
  const std::string_view name = call.arguments.Text(0);
  if (!call.arguments.ok()) return call.arguments.error();
  Statement statement(call.db, sql);
  statement.Bind(1, name);
  return ChangedRows(call.db, statement);
}

Result<Answer> Unregister(Call& call) { return ByName(call, kUnregister); }
Result<Answer> Pause(Call& call) { return ByName(call, kPause); }
Result<Answer> Resume(Call& call) { return ByName(call, kResume); }

// 0 or 1 at `index`.
Result<bool> Flag(Arguments& arguments, int index) {
  const int64_t flag = arguments.Int(index);
  if (!arguments.ok()) return arguments.error();
  if (flag != 0 && flag != 1) return arguments.Complaint(index, "must be 0 or 1");
  return flag == 1;
}

Result<Answer> Update(Call& call, bool attempts_given) {
  Arguments& arguments = call.arguments;
  const std::string_view name = arguments.Text(0);
  const std::optional<std::string_view> expression = arguments.OptionalText(1);
  const std::optional<std::string_view> payload = arguments.OptionalText(2);
  const std::optional<int64_t> priority = arguments.OptionalInt(3);
  const std::optional<int64_t> expires_s = arguments.OptionalInt(4);
  const Result<bool> touch_expires = Flag(arguments, 5);
  if (!touch_expires.ok()) return touch_expires.error();
  std::optional<int64_t> max_attempts;
  if (attempts_given) max_attempts = arguments.OptionalInt(6);
  const Result<bool> touch_max = attempts_given ? Flag(arguments, 7) : false;
  if (!touch_max.ok()) return touch_max.error();
  if (max_attempts.value_or(1) < 1) return arguments.Complaint(6, "must be at least 1");

  const Result<int64_t> now = Now(call.db);
  if (!now.ok()) return now.error();
  std::optional<int64_t> first;
  std::optional<std::string> zone;
  if (expression) {
    Result<First> found = FirstBoundary(arguments, 1, *expression, now.value());
    if (!found.ok()) return found.error();
    first = found.value().boundary;
    zone = std::move(found).value().zone;
  }
  const Result<int64_t> expires_at = arguments.Add(now.value(), expires_s.value_or(0), 4);
  if (!expires_at.ok()) return expires_at.error();

  Statement update(call.db, kUpdate);
  update.Bind(1, name);
  BindOptional(update, 2, expression);
  BindOptional(update, 3, payload);
  BindOptional(update, 4, priority);
  BindOptional(update, 5, expires_s);
  update.Bind(6, int64_t{touch_expires.value()});
  BindOptional(update, 7, first);
  BindOptional(update, 8, max_attempts);
  BindOptional(update, 9, zone);
  update.Bind(10, int64_t{touch_max.value()}).Bind(11, kMaxAttempts);
  return WriteInOneZone(call, update, 1, zone);
}

Result<Answer> UpdateWithoutAttempts(Call& call) { return Update(call, false); }
Result<Answer> UpdateWithAttempts(Call& call) { return Update(call, true); }

Result<Answer> TickNow(Call& call) {
  const int64_t now = call.arguments.Int(0);
  if (!call.arguments.ok()) return call.arguments.error();
  if (sqlite3_get_autocommit(call.db) != 0) {
    const Result<bool> due = Tick(call.db, now).IsAnythingDue();
    if (!due.ok()) return due.error();
    if (!due.value()) return Answer{"[]"};
  }
  std::string fires;
  const auto fire = [&]() -> Status {
    Tick tick(call.db, now);
    Status fired = tick.Run();
    if (fired.ok()) fires = tick.json();
    return fired;
  };
  Status status = HONKER_MUTANT("tick_in_steps") ? fire() : Atomically(call.db, fire);
  if (!status.ok()) return status.error();
  HONKER_MOMENT("tick.committed");
  return Answer{std::move(fires)};
}

Result<Answer> Soonest(Call& call) {
  Statement tasks(call.db, kSoonest);
  std::optional<Error> unusable;
  for (;;) {
    Result<bool> row = tasks.Step();
    if (!row.ok()) return row.error();
    if (!row.value()) break;
    const Result<Task> task = ReadTask(tasks);
    if (task.ok()) return Answer{std::max<int64_t>(task.value().next_fire_at, 1)};
    if (!unusable) unusable = task.error();
  }
  if (unusable) return *unusable;
  return Answer{int64_t{0}};
}

Result<Answer> List(Call& call) {
  Statement tasks(call.db, kList);
  std::string list = "[";
  for (;;) {
    Result<bool> row = tasks.Step();
    if (!row.ok()) return row.error();
    if (!row.value()) break;
    if (list.size() > 1) list += ',';
    AppendTask(list, tasks);
  }
  list += ']';
  return Answer{std::move(list)};
}

constexpr Function kFunctions[] = {
    {"honker_scheduler_register",
     RegisterDefault,
     {"name", "queue", "expr", "payload", "priority", "expires_s"}},
    {"honker_scheduler_register",
     RegisterWithAttempts,
     {"name", "queue", "expr", "payload", "priority", "expires_s", "max_attempts"}},
    {"honker_scheduler_unregister", Unregister, {"name"}},
    {"honker_scheduler_pause", Pause, {"name"}},
    {"honker_scheduler_resume", Resume, {"name"}},
    {"honker_scheduler_update",
     UpdateWithoutAttempts,
     {"name", "expr", "payload", "priority", "expires_s", "touch_expires"}},
    {"honker_scheduler_update",
     UpdateWithAttempts,
     {"name", "expr", "payload", "priority", "expires_s", "touch_expires", "max_attempts",
      "touch_max"}},
    {"honker_scheduler_tick", TickNow, {"now"}},
    {"honker_scheduler_soonest", Soonest, {}},
    {"honker_scheduler_list", List, {}},
};

}  // namespace

Status RegisterScheduleFunctions(sqlite3* db) {
  return RegisterFunctions(db, kFunctions, std::size(kFunctions));
}

}  // namespace honker
