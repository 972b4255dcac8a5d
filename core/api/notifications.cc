#include "honker/notifications.h"

#include <algorithm>
#include <utility>

#include "core/api/session.h"

namespace honker {

using api::Session;

Result<int64_t> Notify(const Database& db, std::string_view channel, std::string_view payload) {
  Statement call(db.handle(), "SELECT notify(?1, ?2)");
  return Session::Int(call.Bind(1, channel).Bind(2, payload));
}

// Only ever a beginning of the table goes: that is what lets a listener notice, by the smallest id
// that is left, that it was overtaken. What is committed between the look and the DELETE has larger
// ids, so no transaction is needed around them.
Result<int64_t> PruneNotifications(const Database& db, const PruneOptions& options) {
  int64_t keep_from = 0;
  if (options.max_count) {
    if (*options.max_count < 0) return Error{SQLITE_MISUSE, "max_count must not be negative"};
    Statement newest(db.handle(),
                     "SELECT coalesce((SELECT CASE ?1 WHEN 0 THEN id + 1 ELSE id END "
                     "FROM main._honker_notifications ORDER BY id DESC LIMIT 1 "
                     "OFFSET max(?1 - 1, 0)), 0)");
    const Result<int64_t> id = Session::Int(newest.Bind(1, *options.max_count));
    if (!id.ok()) return id.error();
    keep_from = id.value();
  }
  if (options.max_age) {
    if (options.max_age->count() < 0) return Error{SQLITE_MISUSE, "max_age must not be negative"};
    Statement young(db.handle(),
                    "SELECT coalesce((SELECT id FROM main._honker_notifications "
                    "WHERE created_at >= unixepoch() - ?1 ORDER BY id LIMIT 1), "
                    "(SELECT max(id) + 1 FROM main._honker_notifications), 0)");
    const Result<int64_t> id = Session::Int(young.Bind(1, options.max_age->count()));
    if (!id.ok()) return id.error();
    keep_from = std::max(keep_from, id.value());
  }
  Statement remove(db.handle(), "DELETE FROM main._honker_notifications WHERE id < ?1");
  Status removed = remove.Bind(1, keep_from).Run();
  if (!removed.ok()) return removed.error();
  return int64_t{sqlite3_changes64(db.handle())};
}

}  // namespace honker
