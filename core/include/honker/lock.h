// Named locks over all processes of a database, with a time to live: a holder that dies gives its
// lock back when that has passed.
//
//   Result<std::optional<Lock>> lock = Lock::Acquire(db, "nightly", 60s, 5s, stop);
//
// A lock is a lease. A holder that was suspended for longer than the time to live does not hold it
// any more, and Renew() says so; what must never happen twice has to check in the transaction that
// does it (Held()).
#ifndef HONKER_LOCK_H_
#define HONKER_LOCK_H_

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "honker/database.h"
#include "honker/result.h"

namespace honker {

// A lock that is held. Movable; the destructor releases it. One thread at a time, the Database's.
class Lock {
 public:
  // nullopt: somebody else holds it. `ttl` > 0, in whole seconds of the database's clock.
  static Result<std::optional<Lock>> TryAcquire(const Database& db, std::string name,
                                                std::chrono::seconds ttl);

  // Waits for it: for the release and for the end of the holder's time to live. nullopt: neither
  // came within `timeout`, or `stop` was requested. Beyond that it may take as long as the busy
  // timeout.
  static Result<std::optional<Lock>> Acquire(const Database& db, std::string name,
                                             std::chrono::seconds ttl,
                                             std::chrono::milliseconds timeout,
                                             const std::stop_token& stop = {},
                                             const WaitOptions& options = {});

  // When the present holder's time ends, in seconds since 1970; 0 where nobody holds it. Reads
  // only.
  static Result<int64_t> HeldUntil(const Database& db, std::string_view name);

  Lock(Lock&& other) noexcept = default;
  Lock& operator=(Lock&& other) noexcept;
  ~Lock();

  const std::string& name() const { return name_; }
  const std::string& owner() const { return owner_; }  // a name that nobody else ever has

  // The time to live starts again. False: it had run out, the lock is not held any more.
  Result<bool> Renew(std::chrono::seconds ttl);

  // Whether it is held now. In a transaction: until that ends, nobody else can take it.
  Result<bool> Held() const;

  // False: it was not held any more.
  Result<bool> Release();

 private:
  Lock(std::shared_ptr<api::Session> session, std::string name, std::string owner)
      : session_(std::move(session)), name_(std::move(name)), owner_(std::move(owner)) {}

  std::shared_ptr<api::Session> session_;  // nullptr: released or moved from
  std::string name_;
  std::string owner_;
};

}  // namespace honker

#endif  // HONKER_LOCK_H_
