// Learn that some process has committed to the database: the thing that everything here which waits
// sleeps on.
//
// An event says that something may have changed, never what: read the database after it. Events
// coalesce, and one may be spurious. All objects of a process that watch one database share one
// background thread (honker/watcher.h has the same as a C interface, and the back-ends).
#ifndef HONKER_UPDATE_EVENTS_H_
#define HONKER_UPDATE_EVENTS_H_

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>

#include "honker/result.h"

namespace honker {

enum class Wake { kUpdate, kTimeout, kStopped };

// How a call waits that sleeps until there are commits.
struct WaitOptions {
  std::chrono::milliseconds idle_poll{5000};  // the backstop where a wake was lost
};

// Movable, not copyable; one thread at a time. The destructor ends the watching.
class UpdateEvents {
 public:
  // Watches the database file at `path`, an existing one. `backend` as in honker_watcher_open():
  // "polling", "kernel", "shm" or "verified". Whatever is committed after the return is seen by
  // Wait(). An error says why the file cannot be watched. At least one connection must have been
  // opened with Database::Open() or Database::Attach() before.
  static Result<UpdateEvents> Open(const std::string& path, const std::string& backend = "polling");

  UpdateEvents(UpdateEvents&& other) noexcept;
  UpdateEvents& operator=(UpdateEvents&& other) noexcept;
  ~UpdateEvents();

  // The next event since the last one, or since the open. kTimeout after `timeout` (0 only looks),
  // kStopped when `stop` is requested: then an event that came at the same moment is kept for the
  // next Wait().
  //
  // Error kWatcherDied: the file is not the one that was opened any more. At once, and every time;
  // everything that waits on this database gets it. Close the Database and open it anew.
  Result<Wake> Wait(std::chrono::milliseconds timeout, const std::stop_token& stop = {});

 private:
  explicit UpdateEvents(int64_t handle) : handle_(handle) {}
  int64_t handle_;  // 0: moved from
};

}  // namespace honker

#endif  // HONKER_UPDATE_EVENTS_H_
