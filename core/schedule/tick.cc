// All that can go wrong with a row is found out before anything of it is written: then the row is
// reported and the others go on. What goes wrong later is SQLite's, and the whole call is undone.
#include "core/schedule/tick.h"

#include <algorithm>
#include <limits>

#include "core/base/json_writer.h"
#include "core/base/utf8.h"
#include "core/cron/next_after.h"
#include "core/sites.h"

namespace honker {
namespace {

// `enabled <> 0` is what the index _honker_scheduler_due asks for.
constexpr char kDue[] = R"sql(
  SELECT rowid FROM main._honker_scheduler_tasks
  WHERE enabled <> 0 AND next_fire_at <= ?1
  ORDER BY next_fire_at, rowid
)sql";

// A time that is no number at all: texts and blobs come after every number and from '' on.
constexpr char kWithoutTime[] = R"sql(
  SELECT rowid FROM main._honker_scheduler_tasks
  WHERE enabled <> 0 AND next_fire_at >= ''
  ORDER BY next_fire_at, rowid
)sql";

constexpr char kTask[] = R"sql(
  SELECT name, queue, cron_expr, payload, priority, expires_s, next_fire_at, enabled, max_attempts,
         zone
  FROM main._honker_scheduler_tasks WHERE rowid = ?1
)sql";
constexpr int kZone = 9;

constexpr char kEnqueue[] = R"sql(
  INSERT INTO main._honker_live
    (queue, payload, state, priority, run_at, attempts, max_attempts, created_at, expires_at)
  VALUES (?1, ?2, 'pending', ?3, ?4, 0, ?5, ?6, ?7)
  RETURNING id
)sql";

constexpr char kAdvance[] = R"sql(
  UPDATE main._honker_scheduler_tasks SET next_fire_at = ?2, zone = ?3 WHERE rowid = ?1
)sql";

constexpr int64_t kLongestNumber = std::numeric_limits<int64_t>::min();

Error Unreadable(const std::string& why) { return {SQLITE_ERROR, "unreadable: " + why}; }

// The first boundary after now. Those of an interval lie on one grid, also across what is skipped.
Result<int64_t> FirstAfter(const Expression& expression, int64_t boundary, int64_t now) {
  int64_t from = now;
  if (const auto* interval = std::get_if<Interval>(&expression)) {
    // boundary <= now, so the distance fits into 64 bits without a sign.
    const uint64_t late = static_cast<uint64_t>(now) - static_cast<uint64_t>(boundary);
    from = now - static_cast<int64_t>(late % static_cast<uint64_t>(interval->seconds));
  }
  const Result<std::optional<int64_t>> next = NextAfter(expression, from);
  if (!next.ok()) return Unreadable("next_fire_at " + next.error().message);
  if (!next.value()) return Unreadable(std::string("cron_expr ") + kNeverFires);
  return *next.value();
}

std::string FireElement(const Task& task, int64_t fire_at, int64_t job_id, int64_t skipped = 0) {
  std::string element;
  JsonObject object(element);
  object.Text("name", task.name).Text("queue", task.queue);
  object.Int("fire_at", fire_at).Int("job_id", job_id);
  if (skipped > 0) object.Int("skipped", skipped);
  object.Close();
  return element;
}

}  // namespace

Result<bool> Tick::IsAnythingDue() {
  for (const char* sql : {kDue, kWithoutTime}) {
    Statement rows(db_, sql);
    if (sql == kDue) rows.Bind(1, now_);
    Result<bool> row = rows.Step();
    if (!row.ok() || row.value()) return row;
  }
  return false;
}

Result<std::vector<int64_t>> Tick::DueRows() {
  std::vector<int64_t> due;
  for (const char* sql : {kDue, kWithoutTime}) {
    Statement rows(db_, sql);
    if (sql == kDue) rows.Bind(1, now_);
    for (;;) {
      Result<bool> row = rows.Step();
      if (!row.ok()) return row.error();
      if (!row.value()) break;
      due.push_back(rows.ColumnInt(0));
    }
  }
  return due;
}

Status Tick::Run() {
  const Result<std::vector<int64_t>> due = DueRows();
  if (!due.ok()) return due.error();
  for (const int64_t rowid : due.value()) {
    Status status = FireRow(rowid);
    if (!status.ok() || full_) return status;
  }
  return Ok();
}

Status Tick::FireRow(int64_t rowid) {
  Statement row(db_, kTask);
  row.Bind(1, rowid);
  Result<bool> found = row.Step();
  if (!found.ok()) return found.error();
  if (!found.value()) return Ok();  // a trigger of the application has taken it away
  const Result<Task> task = ReadTask(row);
  if (!task.ok()) return Report(rowid, row, task.error().message);
  const std::optional<std::string> zone = ZoneOf(task.value().expression);
  if (zone && row.ColumnType(kZone) == SQLITE_TEXT && row.ColumnText(kZone) != *zone) {
    return Error{SQLITE_ERROR, "the schedule \"" + task.value().name + "\" " +
                                   OtherZone(row.ColumnText(kZone), *zone)};
  }
  Result<Plan> plan = Boundaries(task.value());
  if (!plan.ok()) return Report(rowid, row, plan.error().message);
  plan.value().zone = zone;
  std::optional<int64_t> expires_at;
  if (task.value().expires_s) {
    int64_t sum = 0;
    if (__builtin_add_overflow(now_, *task.value().expires_s, &sum)) {
      return Report(rowid, row, "unreadable: now + expires_s does not fit into 64 bits");
    }
    expires_at = sum;
  }
  if (fires_.empty() && !Fits(FireElement(task.value(), kLongestNumber, kLongestNumber).size())) {
    return Report(rowid, row, "as JSON name and queue are longer than SQLite allows a text to be");
  }
  return Fire(rowid, task.value(), std::move(plan).value(), expires_at);
}

Result<Tick::Plan> Tick::Boundaries(const Task& task) const {
  Plan plan{{}, task.next_fire_at};
  while (plan.next_fire_at <= now_) {
    const int64_t boundary = plan.next_fire_at;
    plan.boundaries.push_back(boundary);
    const bool skip = plan.boundaries.size() == kMostFiresACall;
    if (skip) {
      const Result<int64_t> skipped = CountSkipped(task.expression, boundary);
      if (!skipped.ok()) return skipped.error();
      plan.skipped = skipped.value();
    }
    const Result<int64_t> next = FirstAfter(task.expression, boundary, skip ? now_ : boundary);
    if (!next.ok()) return next.error();
    plan.next_fire_at = next.value();
  }
  return plan;
}

// Those after `boundary`, up to now.
Result<int64_t> Tick::CountSkipped(const Expression& expression, int64_t boundary) const {
  if (const auto* interval = std::get_if<Interval>(&expression)) {
    const uint64_t late = static_cast<uint64_t>(now_) - static_cast<uint64_t>(boundary);
    const uint64_t count = late / static_cast<uint64_t>(interval->seconds);
    return static_cast<int64_t>(std::min<uint64_t>(count, kMostCounted));
  }
  int64_t count = 0;
  for (int64_t at = boundary; count < kMostCounted; ++count) {
    const Result<std::optional<int64_t>> next = NextAfter(expression, at);
    if (!next.ok()) return Unreadable("next_fire_at " + next.error().message);
    if (!next.value() || *next.value() > now_) break;
    at = *next.value();
  }
  return count;
}

Status Tick::Fire(int64_t rowid, const Task& task, Plan plan, std::optional<int64_t> expires_at) {
  for (const int64_t boundary : plan.boundaries) {
    const int64_t skipped = boundary == plan.boundaries.back() ? plan.skipped : 0;
    // Asked before the job is there, with the longest number it may get.
    if (!Fits(FireElement(task, boundary, kLongestNumber, skipped).size())) {
      full_ = true;
      plan.next_fire_at = boundary;  // the next call goes on from here
      break;
    }
    const Result<int64_t> job = Enqueue(task, boundary, expires_at);
    if (!job.ok()) return job.error();
    HONKER_MAY_FAIL("tick.enqueued");
    Append(FireElement(task, boundary, job.value(), skipped));
  }
  Statement advance(db_, kAdvance);
  advance.Bind(1, rowid).Bind(2, plan.next_fire_at).BindNull(3);
  if (plan.zone) advance.Bind(3, *plan.zone);
  return advance.Run();
}

Result<int64_t> Tick::Enqueue(const Task& task, int64_t fire_at,
                              std::optional<int64_t> expires_at) {
  Statement insert(db_, kEnqueue);
  insert.Bind(1, task.queue).Bind(2, task.payload).Bind(3, task.priority).Bind(4, fire_at);
  insert.Bind(5, task.max_attempts).Bind(6, now_);
  if (expires_at) {
    insert.Bind(7, *expires_at);
  } else {
    insert.BindNull(7);
  }
  Result<bool> row = insert.Step();
  if (!row.ok()) return row.error();
  const int64_t id = insert.ColumnInt(0);
  Status end = insert.Run();
  if (!end.ok()) return end.error();
  return id;
}

Status Tick::Report(int64_t rowid, Statement& row, const std::string& problem) {
  for (const bool named : {true, false}) {
    const bool readable = row.ColumnType(0) == SQLITE_TEXT && IsUtf8(row.ColumnText(0));
    std::string element;
    JsonObject object(element);
    if (named && readable) {
      object.Text("name", row.ColumnText(0));
    } else {
      object.Null("name");
    }
    object.Null("queue").Null("fire_at").Null("job_id");
    object.Text("error", problem + " (row " + std::to_string(rowid) + ")").Close();
    if (!Fits(element.size())) continue;
    Append(element);
    return Ok();
  }
  return Ok();  // no room beside what was fired: the next call says it
}

bool Tick::Fits(size_t size) const {
  const auto limit = static_cast<size_t>(sqlite3_limit(db_, SQLITE_LIMIT_LENGTH, -1));
  return fires_.size() + (fires_.empty() ? 0 : 1) + size + 2 <= limit;
}

void Tick::Append(const std::string& element) {
  if (!fires_.empty()) fires_ += ',';
  fires_ += element;
}

}  // namespace honker
