#include "core/sql/layout.h"

#include <algorithm>
#include <set>

#include "core/fault_points.h"
#include "core/sql/statement.h"

namespace honker {
namespace {

struct ColumnLayout {
  const char* name;
  const char* type;  // as in CREATE TABLE
  // As in ALTER TABLE ADD COLUMN, which allows constant defaults only: an unknown time is 0.
  // nullptr: cannot be added, a table without it is none of ours.
  const char* added;
};

struct TableLayout {
  const char* name;
  std::vector<ColumnLayout> columns;
  const char* constraint;  // at the end of CREATE TABLE, or ""
};

struct IndexLayout {
  const char* name;
  const char* on;  // everything after ON
};

constexpr char kNow[] = "INTEGER NOT NULL DEFAULT (unixepoch())";
constexpr char kZero[] = "INTEGER NOT NULL DEFAULT 0";
constexpr char kOne[] = "INTEGER NOT NULL DEFAULT 1";
constexpr char kThree[] = "INTEGER NOT NULL DEFAULT 3";
constexpr char kInteger[] = "INTEGER";
constexpr char kIntegerNN[] = "INTEGER NOT NULL";
constexpr char kText[] = "TEXT";
constexpr char kTextNN[] = "TEXT NOT NULL";
constexpr char kId[] = "INTEGER PRIMARY KEY";
constexpr char kAutoId[] = "INTEGER PRIMARY KEY AUTOINCREMENT";

const std::vector<TableLayout>& Tables() {
  // The notifications first: loading stops after them. Never destroyed: threads may outlive exit().
  static const auto& tables = *new std::vector<TableLayout>{
      {"_honker_notifications",
       {{"id", kAutoId, nullptr},
        {"channel", kTextNN, nullptr},
        {"payload", kTextNN, nullptr},
        {"created_at", kNow, kZero}},
       ""},
      {"_honker_live",
       {{"id", kAutoId, nullptr},
        {"queue", kTextNN, nullptr},
        {"payload", kTextNN, nullptr},
        {"state", "TEXT NOT NULL DEFAULT 'pending'", "TEXT NOT NULL DEFAULT 'pending'"},
        {"priority", kZero, kZero},
        {"run_at", kNow, kZero},
        {"worker_id", kText, kText},
        {"claim_expires_at", kInteger, kInteger},
        {"attempts", kZero, kZero},
        {"max_attempts", kThree, kThree},
        {"created_at", kNow, kZero},
        {"expires_at", kInteger, kInteger}},
       ""},
      {"_honker_dead",
       {{"id", kId, nullptr},
        {"queue", kTextNN, nullptr},
        {"payload", kTextNN, nullptr},
        {"priority", kZero, kZero},
        {"run_at", kZero, kZero},
        {"attempts", kZero, kZero},
        {"max_attempts", kZero, kZero},
        {"last_error", kText, kText},
        {"created_at", kNow, kZero},
        {"died_at", kNow, kZero}},
       ""},
      {"_honker_locks",
       {{"name", "TEXT PRIMARY KEY", nullptr},
        {"owner", kTextNN, nullptr},
        {"expires_at", kIntegerNN, nullptr}},
       ""},
      // window_s is this implementation's own: the length of the window, so that a sweep can tell
      // whether it is over. NULL in rows that another honker has written.
      {"_honker_rate_limits",
       {{"name", kTextNN, nullptr},
        {"window_start", kIntegerNN, nullptr},
        {"count", kZero, kZero},
        {"window_s", kInteger, kInteger}},
       ", PRIMARY KEY (name, window_start)"},
      // zone is this implementation's own: the time zone (cron/zone_name.h) that next_fire_at was
      // made in. NULL in rows that another honker has written, and where none matters (@every).
      {"_honker_scheduler_tasks",
       {{"name", "TEXT PRIMARY KEY", nullptr},
        {"queue", kTextNN, nullptr},
        {"cron_expr", kTextNN, nullptr},
        {"payload", kTextNN, nullptr},
        {"priority", kZero, kZero},
        {"expires_s", kInteger, kInteger},
        {"next_fire_at", kIntegerNN, nullptr},
        {"enabled", kOne, HONKER_MUTANT("pause_on_migrate") ? kZero : kOne},
        {"max_attempts", kThree, kThree},
        {"zone", kText, kText}},
       ""},
      {"_honker_results",
       {{"job_id", kId, nullptr},
        {"value", kText, kText},
        {"created_at", kNow, kZero},
        {"expires_at", kInteger, kInteger}},
       ""},
      {"_honker_stream",
       {{"offset", kAutoId, nullptr},
        {"topic", kTextNN, nullptr},
        {"key", kText, kText},
        {"payload", kTextNN, nullptr},
        {"created_at", kNow, kZero}},
       ""},
      {"_honker_stream_consumers",
       {{"name", kTextNN, nullptr}, {"topic", kTextNN, nullptr}, {"offset", kZero, kZero}},
       ", PRIMARY KEY (name, topic)"},
  };
  return tables;
}

// The notifications first, as above. Those from _honker_live_pending_order on are this
// implementation's own: they let a claim look at what is due only, however many rows wait for
// later, and at rows without attempts left only; a sweep at what is over only; the scheduler at
// what is due only; a worker at the deadlines of running claims that could be claimed once more
// only. An ordinary enqueue, with attempts left and without an expiry, writes into the first of
// them only. SQLite takes the later of two indexes that are equally good: that of the deadlines has
// to stand below _honker_live_processing_deadline.
constexpr IndexLayout kIndexes[] = {
    {"_honker_notifications_recent", "_honker_notifications (channel, id)"},
    {"_honker_live_claim",
     "_honker_live (queue, priority DESC, run_at, id) WHERE state IN ('pending', 'processing')"},
    {"_honker_live_pending_deadline", "_honker_live (queue, run_at) WHERE state = 'pending'"},
    {"_honker_live_processing_deadline",
     "_honker_live (queue, claim_expires_at) WHERE state = 'processing'"},
    {"_honker_stream_topic", "_honker_stream (topic, offset)"},
    {"_honker_live_pending_order",
     "_honker_live (queue, priority DESC, run_at, id) WHERE state = 'pending'"},
    {"_honker_live_exhausted",
     "_honker_live (queue, run_at) WHERE state = 'pending' AND attempts >= max_attempts"},
    {"_honker_live_pending_expiry",
     "_honker_live (queue, expires_at) WHERE state = 'pending' AND expires_at IS NOT NULL"},
    {"_honker_live_processing_again",
     "_honker_live (queue, claim_expires_at) WHERE state = 'processing' AND attempts < "
     "max_attempts"},
    {"_honker_rate_limits_start", "_honker_rate_limits (window_start)"},
    {"_honker_results_expiry", "_honker_results (expires_at) WHERE expires_at IS NOT NULL"},
    {"_honker_scheduler_due", "_honker_scheduler_tasks (next_fire_at) WHERE enabled <> 0"},
    {"_honker_scheduler_zone", "_honker_scheduler_tasks (zone) WHERE zone IS NOT NULL"},
};

std::string CreateTable(const TableLayout& table) {
  std::string sql = std::string("CREATE TABLE IF NOT EXISTS main.") + table.name + " (";
  const char* separator = "";
  for (const ColumnLayout& column : table.columns) {
    sql += std::string(separator) + column.name + " " + column.type;
    separator = ", ";
  }
  return sql + table.constraint + ")";
}

Result<std::set<std::string>> Names(sqlite3* db, std::string_view sql) {
  Statement statement(db, sql, Statement::kOnce);
  std::set<std::string> names;
  for (;;) {
    Result<bool> row = statement.Step();
    if (!row.ok()) return row.error();
    if (!row.value()) return names;
    names.emplace(statement.ColumnText(0));
  }
}

// SQLite compares names of columns without regard to case.
std::string Lower(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  return name;
}

Status AddMissingColumns(sqlite3* db, const TableLayout& table, std::vector<std::string>& missing) {
  Statement statement(db, std::string("PRAGMA main.table_xinfo(") + table.name + ")",
                      Statement::kOnce);
  std::set<std::string> present;
  for (;;) {
    Result<bool> row = statement.Step();
    if (!row.ok()) return row.error();
    if (!row.value()) break;
    present.insert(Lower(std::string(statement.ColumnText(1))));
  }
  for (const ColumnLayout& column : table.columns) {
    if (present.contains(column.name)) continue;
    if (column.added == nullptr) {
      return Error{SQLITE_ERROR, std::string("the table ") + table.name + " has no column " +
                                     column.name + ": it is not a table of honker"};
    }
    missing.push_back(std::string("ALTER TABLE main.") + table.name + " ADD COLUMN " + column.name +
                      " " + column.added);
  }
  return Ok();
}

}  // namespace

Result<std::vector<std::string>> MissingParts(sqlite3* db, Part part) {
  Result<std::set<std::string>> present =
      Names(db, "SELECT name FROM main.sqlite_schema WHERE name LIKE '\\_honker%' ESCAPE '\\'");
  if (!present.ok()) return present.error();

  std::vector<std::string> missing;
  for (const TableLayout& table : Tables()) {
    if (!present.value().contains(table.name)) {
      missing.push_back(CreateTable(table));
    } else if (part == Part::kEverything) {
      Status status = AddMissingColumns(db, table, missing);
      if (!status.ok()) return status.error();
    } else {
      return missing;  // the table is there: loading asks for no more
    }
    if (part == Part::kNotifications) break;
  }
  for (const IndexLayout& index : kIndexes) {
    if (!present.value().contains(index.name)) {
      missing.push_back(std::string("CREATE INDEX IF NOT EXISTS main.") + index.name + " ON " +
                        index.on);
    }
    if (part == Part::kNotifications) break;
  }
  return missing;
}

}  // namespace honker
