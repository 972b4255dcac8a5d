// honker_enqueue(queue, payload, run_at, delay, priority, max_attempts, expires) -> job id
//
// Inserts one pending job with no attempts behind it. It is due at now + delay where a delay is
// given, else at run_at where that is given, else now; it expires at now + expires, or never. now
// is read once. One INSERT, so it is atomic in every context by itself: the job exists exactly when
// the caller's transaction commits. Writes no notification row.
#include "core/functions/families.h"
#include "core/sql/clock.h"
#include "core/sql/function.h"
#include "core/sql/insert.h"
#include "core/sql/statement.h"

namespace honker {
namespace {

Result<Answer> Enqueue(Call& call) {
  Arguments& arguments = call.arguments;
  const std::string_view queue = arguments.Text(0);
  const std::string_view payload = arguments.Text(1);
  const std::optional<int64_t> run_at = arguments.OptionalInt(2);
  const std::optional<int64_t> delay = arguments.OptionalInt(3);
  const int64_t priority = arguments.Int(4);
  const int64_t max_attempts = arguments.Int(5);
  const std::optional<int64_t> expires = arguments.OptionalInt(6);
  if (!arguments.ok()) return arguments.error();

  const Result<int64_t> now = Now(call.db);
  if (!now.ok()) return now.error();
  int64_t due = run_at.value_or(now.value());
  if (delay) {
    const Result<int64_t> sum = arguments.Add(now.value(), *delay, 3);
    if (!sum.ok()) return sum.error();
    due = sum.value();
  }

  Statement insert(
      call.db,
      "INSERT INTO main._honker_live (queue, payload, state, priority, run_at, attempts, "
      "max_attempts, created_at, expires_at) "
      "VALUES (?1, ?2, 'pending', ?3, ?4, 0, ?5, ?6, ?7)");
  insert.Bind(1, queue).Bind(2, payload).Bind(3, priority).Bind(4, due).Bind(5, max_attempts);
  insert.Bind(6, now.value());
  if (expires) {
    const Result<int64_t> sum = arguments.Add(now.value(), *expires, 6);
    if (!sum.ok()) return sum.error();
    insert.Bind(7, sum.value());
  }
  return InsertedId(call.db, insert);
}

constexpr Function kFunctions[] = {
    {"honker_enqueue",
     Enqueue,
     {"queue", "payload", "run_at", "delay", "priority", "max_attempts", "expires"}},
};

}  // namespace

Status RegisterEnqueueFunctions(sqlite3* db) {
  return RegisterFunctions(db, kFunctions, std::size(kFunctions));
}

}  // namespace honker
