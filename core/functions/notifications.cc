// notify(channel, payload) -> row id
//
// Inserts one row. It is visible to others when the caller's transaction commits (at once in
// autocommit) and gone when that rolls back. Nothing is pruned. One statement, so it is atomic in
// every context by itself.
#include "core/fault_points.h"
#include "core/functions/families.h"
#include "core/functions/planted_bugs.h"
#include "core/sql/function.h"
#include "core/sql/insert.h"
#include "core/sql/statement.h"

namespace honker {
namespace {

Result<Answer> Notify(Call& call) {
  const std::string_view channel = call.arguments.Text(0);
  const std::string_view payload = call.arguments.Text(1);
  if (!call.arguments.ok()) return call.arguments.error();

  if (HONKER_MUTANT("unfinished_insert")) {
    Statement insert(call.db,
                     "INSERT INTO main._honker_notifications (channel, payload, created_at) "
                     "VALUES (?1, ?2, unixepoch()) RETURNING id");
    return planted::FirstRow(insert.Bind(1, channel).Bind(2, payload));
  }
  Statement insert(call.db,
                   "INSERT INTO main._honker_notifications (channel, payload, created_at) "
                   "VALUES (?1, ?2, unixepoch())");
  insert.Bind(1, channel).Bind(2, payload);
  return InsertedId(call.db, insert);
}

constexpr Function kFunctions[] = {
    {"notify", Notify, {"channel", "payload"}},
};

}  // namespace

Status RegisterNotificationFunctions(sqlite3* db) {
  return RegisterFunctions(db, kFunctions, std::size(kFunctions));
}

}  // namespace honker
