#include "core/api/leader.h"

#include <algorithm>
#include <utility>

namespace honker {
namespace api {
namespace {

using std::chrono::milliseconds;

// After a turn that did nothing although something was said to be due (a schedule that cannot be
// read), and after one that another writer kept from its work.
constexpr milliseconds kPause{1000};

}  // namespace

Result<Clock::time_point> Leader::Turn() {
  Result<Clock::time_point> next = leads() ? Lead() : Follow();
  // Somebody writes for longer than the busy timeout: the lock may run out meanwhile, which is what
  // it is for.
  if (!next.ok() && IsBusy(next.error().code)) return Clock::now() + kPause;
  return next;
}

Result<Clock::time_point> Leader::Follow() {
  const Result<int64_t> held_until = Lock::HeldUntil(db_, kSchedulerLock);
  if (!held_until.ok()) return held_until.error();
  if (held_until.value() != 0) return db_.session()->WhenIs(held_until.value());
  Result<std::optional<Lock>> lock = Lock::TryAcquire(db_, kSchedulerLock, options_.lock_ttl);
  if (!lock.ok()) return lock.error();
  if (!lock.value()) return Clock::now();  // somebody was faster: until when?
  lock_.emplace(*std::move(lock).value());
  next_heartbeat_ = DeadlineAfter(options_.heartbeat);
  return Lead();
}

Result<Clock::time_point> Leader::Lead() {
  if (Clock::now() >= next_heartbeat_) {
    Status renewed = Renew();
    if (!renewed.ok()) return renewed.error();
    if (!leads()) return Clock::now();
  }
  const Result<std::optional<int64_t>> soonest = scheduler_.Soonest();
  if (soonest.ok()) {
    if (!soonest.value()) return next_heartbeat_;
    const Result<Clock::time_point> when = db_.session()->WhenIs(*soonest.value());
    if (!when.ok()) return when.error();
    if (when.value() > Clock::now()) return std::min(when.value(), next_heartbeat_);
  }
  // Where all schedules are unusable there is no soonest; the tick tells which, or has the same
  // error where it is a true one.
  Result<bool> fired = TickIfStillLeading();
  if (!fired.ok()) return fired.error();
  if (!leads()) return Clock::now();
  if (!soonest.ok()) return next_heartbeat_;
  return fired.value() ? Clock::now() : std::min(Clock::now() + kPause, next_heartbeat_);
}

Status Leader::Renew() {
  const Result<bool> renewed = lock_->Renew(options_.lock_ttl);
  if (!renewed.ok()) return renewed.error();
  next_heartbeat_ = DeadlineAfter(options_.heartbeat);
  if (!renewed.value()) lock_.reset();
  return Ok();
}

// In one transaction, so that there is no moment between the check and the tick in which another
// could have become the leader.
Result<bool> Leader::TickIfStillLeading() {
  std::vector<Fire> fires;
  {
    Result<Transaction> transaction = db_.Begin();
    if (!transaction.ok()) return transaction.error();
    const Result<bool> held = lock_->Held();
    if (!held.ok()) return held.error();
    if (!held.value()) {
      (void)transaction.value().Rollback();
      lock_.reset();
      return false;
    }
    const Result<int64_t> now_ms = db_.session()->NowMs();
    if (!now_ms.ok()) return now_ms.error();
    Result<std::vector<Fire>> ticked =
        scheduler_.Tick(std::chrono::sys_seconds(std::chrono::seconds(now_ms.value() / 1000)));
    if (!ticked.ok()) return ticked.error();
    Status committed = transaction.value().Commit();
    if (!committed.ok()) return committed.error();
    fires = std::move(ticked).value();
  }
  bool fired = false;
  for (const Fire& fire : fires) {
    fired = fired || fire.error.empty();
    if (options_.on_fire) options_.on_fire(fire);
  }
  return fired;
}

}  // namespace api

Status Scheduler::Run(std::chrono::milliseconds timeout, const std::stop_token& stop,
                      const SchedulerOptions& options) {
  Result<UpdateEvents> events = Database(session_).WatchUpdates();
  if (!events.ok()) return events.error();
  api::Leader leader(session_, options);
  const auto look = [&leader](api::Occasion) -> Result<api::Sight<Done>> {
    const Result<api::Clock::time_point> next = leader.Turn();
    if (!next.ok()) return next.error();
    return api::Sight<Done>{.look_again = next.value()};
  };
  Result<std::optional<Done>> ended =
      api::Await<Done>(*session_, events.value(), timeout, stop, options.idle_poll, look);
  if (!ended.ok()) return ended.error();
  return Ok();
}

}  // namespace honker
