// One way of noticing that a database was committed to.
//
// A backend belongs to one SharedWatcher. Its Open function, in the thread of whoever opens, takes
// the baseline; from then on only the watcher's own thread calls it, one look after another. It
// opens no descriptor of the database or of -shm outside of SQLite: closing such a descriptor would
// release every POSIX lock that SQLite connections of this process hold on the file
// (https://www.sqlite.org/howtocorrupt.html, section 2.2).
#ifndef CORE_WATCHER_BACKEND_H_
#define CORE_WATCHER_BACKEND_H_

#include <chrono>
#include <memory>
#include <string>

#include "core/base/result.h"

namespace honker {

// What a look at the database came to.
struct Look {
  enum Kind {
    kQuiet,    // nothing since the last look
    kChanged,  // wake
    kBusy,     // cannot tell now, somebody holds a lock: look again next time
    kTrouble,  // cannot tell, `reason` says why: said once, looked at again less often
    kDead,     // can never tell again, `reason` is the death sentence
  };
  Kind kind = kQuiet;
  std::string reason;

  static Look Changed() { return {kChanged, {}}; }
  static Look Busy() { return {kBusy, {}}; }
  static Look Trouble(std::string reason) { return {kTrouble, std::move(reason)}; }
  static Look Dead(std::string reason) { return {kDead, std::move(reason)}; }
};

// What ends the watcher's sleep and calls for the next look.
struct Attention {
  using Time = std::chrono::steady_clock::time_point;
  bool interval = false;      // the interval that the subscribers asked for
  bool events = false;        // something on the event descriptor ...
  Time events_from{};         // ... from that moment on
  bool identity = false;      // the identity check: a look goes with it
  Time moment = Time::max();  // a moment
};

class Backend {
 public:
  virtual ~Backend() = default;

  // The watcher's thread says that it is about to begin.
  virtual void EnterThread() {}

  // Compares with the last look (the baseline at first). Must not block.
  virtual Look Check() = 0;

  // A descriptor that becomes readable when a look is worth while, or -1.
  virtual int event_fd() const { return -1; }

  // Asked before each sleep.
  virtual Attention attention() const { return {.interval = true}; }

  // True where a commit can go unnoticed that happened while looks came to kTrouble: then the first
  // look after it wakes.
  virtual bool TroubleHidesCommits() const { return true; }

  // True where the file that the backend has open is the one the path leads to now. Part of the
  // baseline: see SharedWatcher::TakeBaseline.
  virtual bool SeesPath() = 0;

  // The file is gone or replaced: when the backend is destroyed next, it must leave files of the
  // same name alone, they belong to somebody else's database.
  virtual void Abandon() {}

  // The name of the thread, at most 15 bytes.
  virtual const char* thread_name() const = 0;
};

// Opens the backend on a resolved path and takes its baseline: what is committed after the return
// is seen by Check(). An error is a sentence that says why it cannot work there.
Result<std::unique_ptr<Backend>> OpenPolling(const std::string& path);
Result<std::unique_ptr<Backend>> OpenKernel(const std::string& path);
Result<std::unique_ptr<Backend>> OpenShm(const std::string& path);
Result<std::unique_ptr<Backend>> OpenVerified(const std::string& path);

}  // namespace honker

#endif  // CORE_WATCHER_BACKEND_H_
