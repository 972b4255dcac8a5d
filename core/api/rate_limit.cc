#include "honker/rate_limit.h"

#include <algorithm>

#include "core/api/session.h"
#include "core/api/sleep.h"
#include "core/watcher/own_connection.h"

namespace honker {

using api::Session;

Result<bool> RateLimit::Try() {
  Statement call(session_->db(), "SELECT honker_rate_limit_try(?1, ?2, ?3)");
  return Session::IsOne(call.Bind(1, name_).Bind(2, limit_).Bind(3, per_.count()));
}

Result<bool> RateLimit::Take(std::chrono::milliseconds timeout, const std::stop_token& stop) {
  const api::Clock::time_point deadline = api::DeadlineAfter(timeout);
  const api::BusyWait::Scope scope(session_->busy_wait(), stop);
  while (!stop.stop_requested()) {
    // Before the call: the window in which it was refused is this one or a later one.
    const Result<int64_t> now_ms = session_->NowMs();
    if (!now_ms.ok()) return now_ms.error();
    const Result<bool> granted = Try();
    if (!granted.ok() && IsBusy(granted.error().code) && stop.stop_requested()) break;
    if (!granted.ok() || granted.value()) return granted;
    // Nothing but time makes room, so no commit is waited for.
    const int64_t window_end_s = (now_ms.value() / 1000 / per_.count() + 1) * per_.count();
    const Result<api::Clock::time_point> next = session_->WhenIs(window_end_s);
    if (!next.ok()) return next.error();
    if (next.value() > deadline) {
      api::SleepUntil(deadline, stop);
      break;
    }
    api::SleepUntil(next.value(), stop);
  }
  return false;
}

Result<int64_t> RateLimit::Sweep(const Database& db, std::chrono::seconds older_than) {
  Statement call(db.handle(), "SELECT honker_rate_limit_sweep(?1)");
  return Session::Int(call.Bind(1, older_than.count()));
}

}  // namespace honker
