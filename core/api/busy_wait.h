// How a connection of ours waits for other writers: SQLite's busy handler
// (https://www.sqlite.org/c3ref/busy_handler.html) with a limit of time and a stop token for the
// call that is going on.
//
// Not covered: a connection that belongs to the application has the application's handler.
#ifndef CORE_API_BUSY_WAIT_H_
#define CORE_API_BUSY_WAIT_H_

#include <sqlite3.h>

#include <chrono>
#include <stop_token>

#include "core/api/deadline.h"

namespace honker::api {

// One thread at a time, like its connection. Must stay where it is while it is installed.
class BusyWait {
 public:
  explicit BusyWait(std::chrono::milliseconds timeout) : timeout_(timeout) {}
  BusyWait(const BusyWait&) = delete;
  BusyWait& operator=(const BusyWait&) = delete;

  void InstallOn(sqlite3* db);

  // Until the end of its scope waits end when `stop` is requested, and after `timeout` in place of
  // the usual one. Scopes may be nested; the innermost counts, but for a token that cannot stop
  // anything, which leaves the outer one in force.
  class Scope {
   public:
    Scope(BusyWait& wait, const std::stop_token& stop) : Scope(wait, wait.timeout_, stop) {}
    Scope(BusyWait& wait, std::chrono::milliseconds timeout, const std::stop_token& stop);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    BusyWait& wait_;
    const std::chrono::milliseconds timeout_before_;
    const std::stop_token stop_before_;
  };

 private:
  static int OnBusy(void* self, int count);
  bool Pause(int count);

  std::chrono::milliseconds timeout_;
  std::stop_token stop_;
  Clock::time_point deadline_;
};

}  // namespace honker::api

#endif  // CORE_API_BUSY_WAIT_H_
