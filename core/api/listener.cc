// A listener follows the ids, which rise in the order of the commits: one transaction writes at a
// time, and what rolls back gives its ids back.
#include <algorithm>
#include <string>
#include <utility>

#include "core/api/await.h"
#include "core/api/session.h"
#include "honker/notifications.h"

namespace honker {
namespace {

using api::Sight;

constexpr int64_t kBatch = 256;

// The highest id that was ever given, and the notifications of a channel behind an id, in one
// statement: it must be one snapshot, or what was pruned in between would be missed silently.
constexpr char kBehind[] = R"sql(
  SELECT bounds.newest, bounds.oldest, n.id, n.payload, n.created_at
  FROM (SELECT coalesce((SELECT seq FROM main.sqlite_sequence
                         WHERE name = '_honker_notifications'), 0) AS newest,
               (SELECT min(id) FROM main._honker_notifications) AS oldest) AS bounds
  LEFT JOIN main._honker_notifications AS n ON n.channel = ?1 AND n.id > ?2
  ORDER BY n.id LIMIT ?3
)sql";

Error Pruned(int64_t first, int64_t last) {
  return {kPruned, "notifications " + std::to_string(first) + " to " + std::to_string(last) +
                       " were pruned before this listener had looked at them"};
}

Error Rewound(int64_t seen, int64_t newest) {
  return {kRewound, "the newest notification is " + std::to_string(newest) +
                        ", this listener has seen " + std::to_string(seen) +
                        ": an older copy of the database was restored"};
}

}  // namespace

Result<Listener> Listener::Open(const Database& db, std::string channel,
                                const WaitOptions& options) {
  Result<UpdateEvents> events = db.WatchUpdates();
  if (!events.ok()) return events.error();
  Listener listener(db.session(), std::move(channel), std::move(events).value(), options);
  Statement newest(db.handle(),
                   "SELECT coalesce((SELECT seq FROM main.sqlite_sequence "
                   "WHERE name = '_honker_notifications'), 0)");
  const Result<int64_t> seen = api::Session::Int(newest);
  if (!seen.ok()) return seen.error();
  listener.seen_ = seen.value();
  return listener;
}

Status Listener::Read() {
  Statement behind(session_->db(), kBehind);
  behind.Bind(1, channel_).Bind(2, seen_).Bind(3, kBatch);
  int64_t newest = 0;
  int64_t oldest = 0;
  std::deque<Notification> found;
  for (;;) {
    const Result<bool> row = behind.Step();
    if (!row.ok()) return row.error();
    if (!row.value()) break;
    newest = behind.ColumnInt(0);
    oldest = behind.ColumnType(1) == SQLITE_NULL ? newest + 1 : behind.ColumnInt(1);
    if (behind.ColumnType(2) == SQLITE_NULL) continue;  // no notification
    found.push_back(
        {behind.ColumnInt(2), channel_, std::string(behind.ColumnText(3)), behind.ColumnInt(4)});
  }
  if (newest < seen_) {
    told_ = Rewound(seen_, newest);
    seen_ = newest;
    return Ok();
  }
  if (oldest > seen_ + 1) told_ = Pruned(seen_ + 1, oldest - 1);
  seen_ = static_cast<int64_t>(found.size()) < kBatch ? newest : found.back().id;
  read_ = std::move(found);
  return Ok();
}

Result<std::optional<Notification>> Listener::Next(std::chrono::milliseconds timeout,
                                                   const std::stop_token& stop) {
  const auto look = [this](api::Occasion) -> Result<Sight<Notification>> {
    if (read_.empty() && !told_) {
      Status status = Read();
      if (!status.ok()) return status.error();
    }
    if (told_) return *std::exchange(told_, std::nullopt);
    Sight<Notification> sight;
    if (!read_.empty()) {
      sight.value = std::move(read_.front());
      read_.pop_front();
    }
    return sight;
  };
  return api::Await<Notification>(*session_, events_, timeout, stop, options_.idle_poll, look);
}

}  // namespace honker
