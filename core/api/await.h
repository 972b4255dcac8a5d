// The one loop in which everything here waits: look at the database, sleep, look again.
//
// What ends a sleep: a commit by any process, the moment that the last look named, the idle poll,
// the caller's deadline, the stop token. Each is kept by itself: a commit does not put the idle
// poll off, and a stream of commits does not keep the deadline from being seen. A look costs a
// read; nothing is remembered between looks that a lost wake could make wrong.
//
// A look may take as long as the busy timeout beyond the deadline; a stop cuts that short as well,
// but not on a connection whose busy handler is the application's.
#ifndef CORE_API_AWAIT_H_
#define CORE_API_AWAIT_H_

#include <algorithm>
#include <chrono>
#include <optional>
#include <stop_token>
#include <utility>

#include "core/api/busy_wait.h"
#include "core/api/deadline.h"
#include "core/api/session.h"
#include "core/watcher/own_connection.h"
#include "honker/update_events.h"

namespace honker::api {

// What a look came to: the thing itself, or when to look again at the latest.
template <typename T>
struct Sight {
  std::optional<T> value{};
  Clock::time_point look_again = Clock::time_point::max();
};

// Why a look is made. An idle one is the first, and then one every poll interval: what a lost wake
// hid is found then.
struct Occasion {
  bool idle = false;
  bool woken = false;  // a commit may have come since the last look
};

// Calls look(Occasion) until it gives a value or an error, `timeout` has passed, or `stop` is
// requested; nullopt in the last two cases. At least one look is made unless stopped before.
// Refused inside a transaction, which keeps its connection from seeing what others commit.
template <typename T, typename Look>
Result<std::optional<T>> Await(Session& session, UpdateEvents& events,
                               std::chrono::milliseconds timeout, const std::stop_token& stop,
                               std::chrono::milliseconds idle_poll, Look look) {
  if (session.in_transaction()) {
    return Error{SQLITE_MISUSE,
                 "a transaction is going on: while it is, no commit of others is seen"};
  }
  const BusyWait::Scope scope(session.busy_wait(), stop);
  const Clock::time_point deadline = DeadlineAfter(timeout);
  Clock::time_point next_idle = Clock::now();
  Clock::time_point sleep_until = next_idle;  // so far not at all: only a dead watcher is noticed
  for (;;) {
    const Result<Wake> wake =
        events.Wait(std::max(Until(sleep_until), std::chrono::milliseconds(0)), stop);
    if (!wake.ok()) return wake.error();
    if (wake.value() == Wake::kStopped) return std::optional<T>();

    const Clock::time_point now = Clock::now();
    const Occasion occasion{now >= next_idle, wake.value() == Wake::kUpdate};
    if (occasion.idle)
      next_idle = now + std::clamp(idle_poll, std::chrono::milliseconds(1), kForEver);
    Result<Sight<T>> sight = look(occasion);
    if (!sight.ok()) {
      // The stop cut a wait for another writer short.
      if (IsBusy(sight.error().code) && stop.stop_requested()) return std::optional<T>();
      return sight.error();
    }
    if (sight.value().value) return std::move(sight.value().value);
    if (Clock::now() >= deadline) return std::optional<T>();
    sleep_until = std::min({deadline, next_idle, sight.value().look_again});
  }
}

}  // namespace honker::api

#endif  // CORE_API_AWAIT_H_
