// NOTIFY and LISTEN: what a transaction says on a channel reaches every listener, in any process,
// when it commits, and never when it rolls back.
//
//   Listener listener = Listener::Open(db, "orders").value();
//   Notify(db, "orders", "42");
//   listener.Next(10s, stop);  // "42"
//
// Notifications are rows, kept until they are pruned. A listener gets each one of its channel that
// was committed after it was opened, once, in the order of the commits. What was before is not
// delivered.
#ifndef HONKER_NOTIFICATIONS_H_
#define HONKER_NOTIFICATIONS_H_

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "honker/database.h"
#include "honker/result.h"
#include "honker/update_events.h"

namespace honker {

struct Notification {
  int64_t id = 0;  // rises with each commit
  std::string channel;
  std::string payload;
  int64_t created_at = 0;  // seconds since 1970
  bool operator==(const Notification&) const = default;
};

// The id of the notification. Part of the transaction that is going on, if there is one.
Result<int64_t> Notify(const Database& db, std::string_view channel, std::string_view payload);

struct PruneOptions {
  // What is older goes. Rows are in the order of their ids: pruning ends at the first that is young
  // enough, so that a clock that was wrong for a while makes it keep more, not less.
  std::optional<std::chrono::seconds> max_age{};
  // The newest so many stay, of all channels together. At least 0.
  std::optional<int64_t> max_count{};
};

// Deletes notifications, the oldest first, in one transaction; how many. Nothing prunes by itself.
// A listener that had not read what is deleted is told (see Listener::Next).
Result<int64_t> PruneNotifications(const Database& db, const PruneOptions& options);

// Movable; one thread at a time, the Database's.
class Listener {
 public:
  // Listens from here on: whatever is committed after the return is delivered.
  static Result<Listener> Open(const Database& db, std::string channel,
                               const WaitOptions& options = {});

  // The next notification. nullopt: none came within `timeout`, or `stop` was requested. Beyond
  // that it may take as long as the busy timeout.
  //
  // Error kPruned: rows were deleted that this listener had not looked at, of this channel or
  // another (a deleted row does not say). Told once; the next call goes on with what is left.
  // Error kRewound: the database holds fewer than this listener has seen, an older copy was
  // restored. Told once; it goes on with what comes from then on.
  // Error kWatcherDied: see UpdateEvents::Wait.
  Result<std::optional<Notification>> Next(std::chrono::milliseconds timeout,
                                           const std::stop_token& stop = {});

 private:
  Listener(std::shared_ptr<api::Session> session, std::string channel, UpdateEvents events,
           const WaitOptions& options)
      : session_(std::move(session)),
        channel_(std::move(channel)),
        events_(std::move(events)),
        options_(options) {}

  Status Read();

  std::shared_ptr<api::Session> session_;
  std::string channel_;
  UpdateEvents events_;
  WaitOptions options_;
  int64_t seen_ = 0;               // every id up to this one has been looked at
  std::deque<Notification> read_;  // and not handed out yet
  std::optional<Error> told_;      // goes before those
};

}  // namespace honker

#endif  // HONKER_NOTIFICATIONS_H_
