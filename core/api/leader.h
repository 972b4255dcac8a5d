// One process among those that run the scheduler: follows, leads, and follows again when its lock
// has run out.
#ifndef CORE_API_LEADER_H_
#define CORE_API_LEADER_H_

#include <optional>

#include "core/api/await.h"
#include "core/api/session.h"
#include "honker/lock.h"
#include "honker/scheduler.h"

namespace honker::api {

inline constexpr char kSchedulerLock[] = "honker-scheduler";

// One thread. The lock is given back with it.
class Leader {
 public:
  Leader(std::shared_ptr<Session> session, const SchedulerOptions& options)
      : db_(std::move(session)), scheduler_(db_), options_(options) {}

  // One turn: whatever can be done now. When to come back at the latest, or an error.
  Result<Clock::time_point> Turn();

  bool leads() const { return lock_.has_value(); }

 private:
  Result<Clock::time_point> Follow();
  Result<Clock::time_point> Lead();
  Status Renew();
  // Whether something was fired.
  Result<bool> TickIfStillLeading();

  Database db_;
  Scheduler scheduler_;
  const SchedulerOptions& options_;
  std::optional<Lock> lock_;
  Clock::time_point next_heartbeat_;
};

}  // namespace honker::api

#endif  // CORE_API_LEADER_H_
