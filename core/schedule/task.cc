#include "core/schedule/task.h"

#include "core/base/json_writer.h"
#include "core/base/utf8.h"
#include "core/cron/zone_name.h"
#include "core/fault_points.h"

namespace honker {
namespace {

enum Kind { kText, kInteger, kIntegerOrNull, kBool };

struct Column {
  const char* name;
  Kind kind;
};

constexpr Column kColumns[] = {
    {"name", kText},
    {"queue", kText},
    {"cron_expr", kText},
    {"payload", kText},
    {"priority", kInteger},
    {"expires_s", kIntegerOrNull},
    {"next_fire_at", kInteger},
    {"enabled", kBool},
    {"max_attempts", kInteger},
};
enum Index { kName, kQueue, kCronExpr, kPayload, kPriority, kExpires, kNext, kEnabled, kAttempts };

bool IsReadable(Statement& row, int column) {
  const int type = row.ColumnType(column);
  switch (kColumns[column].kind) {
    case kText:
      return type == SQLITE_TEXT && IsUtf8(row.ColumnText(column));
    case kIntegerOrNull:
      return type == SQLITE_INTEGER || type == SQLITE_NULL;
    default:
      return type == SQLITE_INTEGER;
  }
}

Error Unreadable(const std::string& why) { return {SQLITE_ERROR, "unreadable: " + why}; }

}  // namespace

std::optional<std::string> ZoneOf(const Expression& expression) {
  if (std::holds_alternative<Interval>(expression) || HONKER_MUTANT("any_zone")) {
    return std::nullopt;
  }
  return LocalZoneName();
}

std::string OtherZone(std::string_view theirs, std::string_view ours) {
  std::string sentence = "goes by another clock: the schedules of this database are in the zone [";
  sentence.append(theirs).append("], this process is in [").append(ours);
  return sentence +
         "] (as both were in 2024). Give it the same TZ, or unregister the schedules first";
}

Result<Task> ReadTask(Statement& row) {
  for (int i = kName; i <= kAttempts; ++i) {
    if (IsReadable(row, i)) continue;
    return Unreadable(std::string(kColumns[i].name) + (kColumns[i].kind == kText
                                                           ? " is not text of valid UTF-8"
                                                           : " is not an integer"));
  }
  Result<Expression> expression = ParseExpression(row.ColumnText(kCronExpr));
  if (!expression.ok()) return Unreadable("cron_expr " + expression.error().message);
  if (row.ColumnInt(kAttempts) < 1) return Unreadable("max_attempts is less than 1");
  std::optional<int64_t> expires_s;
  if (row.ColumnType(kExpires) == SQLITE_INTEGER) expires_s = row.ColumnInt(kExpires);
  return Task{std::string(row.ColumnText(kName)),
              std::string(row.ColumnText(kQueue)),
              std::move(expression).value(),
              std::string(row.ColumnText(kPayload)),
              row.ColumnInt(kPriority),
              expires_s,
              row.ColumnInt(kNext),
              row.ColumnInt(kAttempts)};
}

void AppendTask(std::string& json, Statement& row) {
  JsonObject object(json);
  for (int i = kName; i <= kAttempts; ++i) {
    const Column& column = kColumns[i];
    if (row.ColumnType(i) == SQLITE_NULL || !IsReadable(row, i)) {
      object.Null(column.name);
    } else if (column.kind == kText) {
      object.Text(column.name, row.ColumnText(i));
    } else if (column.kind == kBool) {
      object.Bool(column.name, row.ColumnInt(i) != 0);
    } else {
      object.Int(column.name, row.ColumnInt(i));
    }
  }
  const Result<Task> task = ReadTask(row);
  if (!task.ok()) object.Text("error", task.error().message);
  object.Close();
}

}  // namespace honker
