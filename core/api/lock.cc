#include "honker/lock.h"

#include <utility>

#include "core/api/await.h"
#include "core/api/claim_name.h"
#include "core/api/session.h"

namespace honker {

using api::Session;
using api::Sight;

Result<int64_t> Lock::HeldUntil(const Database& db, std::string_view name) {
  Statement holder(db.handle(),
                   "SELECT coalesce((SELECT expires_at FROM main._honker_locks "
                   "WHERE name = ?1 AND expires_at > unixepoch()), 0)");
  return Session::Int(holder.Bind(1, name));
}

Result<std::optional<Lock>> Lock::TryAcquire(const Database& db, std::string name,
                                             std::chrono::seconds ttl) {
  std::string owner = api::UniqueName("owner");
  Statement call(db.handle(), "SELECT honker_lock_acquire(?1, ?2, ?3)");
  const Result<bool> acquired =
      Session::IsOne(call.Bind(1, name).Bind(2, owner).Bind(3, ttl.count()));
  if (!acquired.ok()) return acquired.error();
  if (!acquired.value()) return std::optional<Lock>();
  return std::optional<Lock>(Lock(db.session(), std::move(name), std::move(owner)));
}

Result<std::optional<Lock>> Lock::Acquire(const Database& db, std::string name,
                                          std::chrono::seconds ttl,
                                          std::chrono::milliseconds timeout,
                                          const std::stop_token& stop, const WaitOptions& options) {
  Result<UpdateEvents> events = db.WatchUpdates();
  if (!events.ok()) return events.error();
  const auto look = [&](api::Occasion) -> Result<Sight<Lock>> {
    // A read, so that all who wait can ask at each commit; only who may get it writes.
    const Result<int64_t> held_until = HeldUntil(db, name);
    if (!held_until.ok()) return held_until.error();
    Sight<Lock> sight;
    if (held_until.value() == 0) {
      Result<std::optional<Lock>> lock = TryAcquire(db, name, ttl);
      if (!lock.ok()) return lock.error();
      sight.value = std::move(lock).value();
      if (!sight.value) sight.look_again = api::Clock::now();  // somebody was faster: until when?
    } else {
      const Result<api::Clock::time_point> end = db.session()->WhenIs(held_until.value());
      if (!end.ok()) return end.error();
      sight.look_again = end.value();
    }
    return sight;
  };
  return api::Await<Lock>(*db.session(), events.value(), timeout, stop, options.idle_poll, look);
}

Lock& Lock::operator=(Lock&& other) noexcept {
  std::swap(session_, other.session_);  // what this one held is released with `other`
  std::swap(name_, other.name_);
  std::swap(owner_, other.owner_);
  return *this;
}

Lock::~Lock() {
  if (session_ != nullptr) (void)Release();
}

Result<bool> Lock::Renew(std::chrono::seconds ttl) {
  if (session_ == nullptr) return false;
  Statement call(session_->db(), "SELECT honker_lock_renew(?1, ?2, ?3)");
  return Session::IsOne(call.Bind(1, name_).Bind(2, owner_).Bind(3, ttl.count()));
}

Result<bool> Lock::Held() const {
  if (session_ == nullptr) return false;
  Statement holder(session_->db(),
                   "SELECT EXISTS (SELECT 1 FROM main._honker_locks "
                   "WHERE name = ?1 AND owner = ?2 AND expires_at > unixepoch())");
  return Session::IsOne(holder.Bind(1, name_).Bind(2, owner_));
}

Result<bool> Lock::Release() {
  const std::shared_ptr<Session> session = std::move(session_);
  if (session == nullptr) return false;
  Statement call(session->db(), "SELECT honker_lock_release(?1, ?2)");
  return Session::IsOne(call.Bind(1, name_).Bind(2, owner_));
}

}  // namespace honker
