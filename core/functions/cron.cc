// honker_cron_next_after(expr, from) -> moment
//
// The first moment after `from` at which the schedule `expr` (cron/expression.h) fires, in the
// local time zone of the process (cron/next_after.h): always greater than `from`. Both are seconds
// since 1970 UTC. Errors: an expression that is none, with the field and its range; one that
// matches nothing within a hundred years; a `from` so far away that the answer does not fit into 64
// bits, or that the C library has no local time for. Touches no table.
#include "core/cron/next_after.h"
#include "core/functions/families.h"
#include "core/sql/function.h"

namespace honker {
namespace {

Result<Answer> CronNextAfter(Call& call) {
  const std::string_view text = call.arguments.Text(0);
  const int64_t from = call.arguments.Int(1);
  if (!call.arguments.ok()) return call.arguments.error();

  const Result<Expression> expression = ParseExpression(text);
  if (!expression.ok()) return call.arguments.Complaint(0, expression.error().message);
  const Result<std::optional<int64_t>> next = NextAfter(expression.value(), from);
  if (!next.ok()) return call.arguments.Complaint(1, next.error().message);
  if (!next.value()) return call.arguments.Complaint(0, kNeverFires);
  return Answer{*next.value()};
}

constexpr Function kFunctions[] = {
    {"honker_cron_next_after", CronNextAfter, {"expr", "from"}},
};

}  // namespace

Status RegisterCronFunctions(sqlite3* db) {
  return RegisterFunctions(db, kFunctions, std::size(kFunctions));
}

}  // namespace honker
