// One row of _honker_scheduler_tasks, which any program may have written.
#ifndef CORE_SCHEDULE_TASK_H_
#define CORE_SCHEDULE_TASK_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/cron/expression.h"
#include "core/sql/statement.h"

namespace honker {

struct Task {
  std::string name;
  std::string queue;
  Expression expression;
  std::string payload;
  int64_t priority;
  std::optional<int64_t> expires_s;
  int64_t next_fire_at;
  int64_t max_attempts;
};

// The zone that boundaries of the expression are made in by this process; none for "@every".
std::optional<std::string> ZoneOf(const Expression& expression);

// "... the schedules are in the time zone X and this process in Y ...": the rest of a sentence that
// begins with the name of an expression or a schedule.
std::string OtherZone(std::string_view theirs, std::string_view ours);

// Both take a statement that is on a row with the columns name, queue, cron_expr, payload,
// priority, expires_s, next_fire_at, enabled, max_attempts, in this order.

// The task, or an error that says what of it cannot be used: a text that is BLOB or not valid
// UTF-8, a number that is not an integer, an expression that is none.
Result<Task> ReadTask(Statement& row);

// Appends a JSON object with every column; what cannot be read is null. Where ReadTask() finds
// fault its sentence is there as "error".
void AppendTask(std::string& json, Statement& row);

}  // namespace honker

#endif  // CORE_SCHEDULE_TASK_H_
