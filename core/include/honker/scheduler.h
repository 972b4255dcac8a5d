// Jobs at the times of a clock: a schedule puts a job into its queue at each moment of its
// expression, once, however many processes run the scheduler.
//
//   Scheduler scheduler(db);
//   scheduler.Register({.name = "report", .queue = "reports", .expr = "0 6 * * 1-5"});
//   scheduler.Run(24h, stop);  // in as many processes as you like: one of them leads
//
// Expressions: "@every <n><s|m|h|d>", or five fields (minute hour day month weekday), or six with
// the second first; in the local time zone of the process. All processes that register such
// expressions, or run them, must have the same: another one is refused with an error that names
// both.
#ifndef HONKER_SCHEDULER_H_
#define HONKER_SCHEDULER_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "honker/database.h"
#include "honker/result.h"

namespace honker {

struct Schedule {
  std::string name;
  std::string queue;
  std::string expr;
  std::string payload{};
  int64_t priority = 0;
  std::optional<std::chrono::seconds> expires{};  // of each job, from when it is enqueued
  int64_t max_attempts = 3;
  // In List() only:
  int64_t next_fire_at = 0;  // seconds since 1970
  bool enabled = true;
  std::string error{};  // not empty: it cannot fire, and what cannot be read is left out
};

// What is not set stays as it is. `expires` and `max_attempts` may be set to nullopt: never, and
// the default.
struct ScheduleChange {
  std::optional<std::string> expr{};
  std::optional<std::string> payload{};
  std::optional<int64_t> priority{};
  std::optional<std::optional<std::chrono::seconds>> expires{};
  std::optional<std::optional<int64_t>> max_attempts{};
};

// One moment of a schedule that was fired, or, where `error` is not empty, a schedule that cannot
// fire (it does not keep the others from firing, and is told again by each tick).
struct Fire {
  std::string name;
  std::string queue;
  int64_t fire_at = 0;
  int64_t job_id = 0;
  std::string error;
  // Moments after this one that came too late, more than 64 behind, and never fire; a million means
  // so many or more.
  int64_t skipped = 0;
};

struct SchedulerOptions {
  std::chrono::seconds lock_ttl{60};            // how soon a dead leader is followed
  std::chrono::milliseconds heartbeat{30'000};  // how often the leader renews its lock
  std::chrono::milliseconds idle_poll{5000};    // the backstop where a wake was lost
  // Called by Run(), in its thread, after what was fired has been committed.
  std::function<void(const Fire&)> on_fire{};
};

// One thread at a time, the Database's.
class Scheduler {
 public:
  // Nothing is read or written.
  explicit Scheduler(const Database& db) : session_(db.session()) {}

  // Makes a schedule or changes the one of that name. One that is there keeps `enabled`, and with
  // the same expression its next moment: a restart loses no fire. A bad expression is an error that
  // names the field.
  Status Register(const Schedule& schedule);

  // False: there is none of that name.
  Result<bool> Unregister(std::string_view name);
  Result<bool> Pause(std::string_view name);
  Result<bool> Resume(std::string_view name);
  Result<bool> Update(std::string_view name, const ScheduleChange& change);

  // All of them, by name.
  Result<std::vector<Schedule>> List();

  // The next moment of all enabled schedules, in seconds since 1970. nullopt: there is none.
  Result<std::optional<int64_t>> Soonest();

  // Fires what is due at `now`, for programs that run a loop of their own. Who calls it, and that
  // nobody else does at the same time, is up to them; each moment still fires once.
  Result<std::vector<Fire>> Tick(std::chrono::sys_seconds now);

  // Runs the schedules for `timeout`, or until `stop` is requested; then ok. One process leads, who
  // holds the lock "honker-scheduler"; the others wait to follow. The leader renews its lock, and
  // checks in the transaction of each tick that it still has it. The end gives the lock back.
  // Errors that do not pass by themselves end it, such as kWatcherDied.
  Status Run(std::chrono::milliseconds timeout, const std::stop_token& stop = {},
             const SchedulerOptions& options = {});

 private:
  std::shared_ptr<api::Session> session_;
};

}  // namespace honker

#endif  // HONKER_SCHEDULER_H_
