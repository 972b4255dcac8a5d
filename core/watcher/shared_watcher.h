// One background thread that watches one database with one backend for any number of subscribers.
//
// Life: Start (baseline, thread) by the first opener, Subscribe and Unsubscribe by any, death when
// the file is replaced (for good), Stop by whoever gave up the last reference. The registry counts
// the references. All methods may be called from any thread.
#ifndef CORE_WATCHER_SHARED_WATCHER_H_
#define CORE_WATCHER_SHARED_WATCHER_H_

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/base/result.h"
#include "core/watcher/backend.h"
#include "core/watcher/backend_name.h"
#include "core/watcher/file_identity.h"
#include "core/watcher/link_names.h"
#include "core/watcher/subscriber.h"

namespace honker {

class SharedWatcher {
 public:
  // `path` is resolved (file_identity.h).
  SharedWatcher(std::string path, BackendKind kind) : path_(std::move(path)), kind_(kind) {}
  ~SharedWatcher();
  SharedWatcher(const SharedWatcher&) = delete;
  SharedWatcher& operator=(const SharedWatcher&) = delete;

  // Takes the baseline and starts the thread, or does nothing when that was done. An error is final
  // for this object.
  Status Start();

  // A subscriber that is woken for whatever happens from now on. An error is the death sentence.
  // `name`: as link_names.h says, or empty where it asked for the file itself.
  Result<std::shared_ptr<Subscriber>> Subscribe(uint64_t interval_ms, const std::string& name);
  void Unsubscribe(const std::shared_ptr<Subscriber>& subscriber);

  // The death sentence; empty while it lives.
  std::string Death();
  // The same for those who asked for it by that name alone.
  std::string DeathOfName(const std::string& name) { return names_.Death(name); }

  // Ends and joins the thread. Nobody subscribes any more.
  void Stop();

 private:
  using Clock = std::chrono::steady_clock;

  Status TakeBaseline();
  Status StartThread();
  void Run();    // the thread
  void Watch();  // until stopped or dead
  Attention Attends() const;
  void LookOnce();
  bool DoomIsDue();          // true: the watcher is dead
  bool IdentityIsTheSame();  // false: the watcher is dead
  void WakeAll();
  void Die(const std::string& sentence);
  void NoteBusy();
  void Say(const std::string& trouble);  // once, on stderr
  void Signal();                         // makes the thread leave its sleep
  Clock::duration Interval();            // the shortest that a subscriber asked for

  const std::string path_;
  const BackendKind kind_;
  int control_fd_ = -1;  // an eventfd
  std::thread thread_;
  std::atomic<bool> stop_ = false;

  bool started_ = false;  // guarded by start_mutex_, as are the next three until the thread runs
  std::mutex start_mutex_;
  Status start_status_ = Ok();
  std::unique_ptr<Backend> backend_;  // afterwards the thread's
  FileIdentity identity_;             // the same

  LinkNames names_;
  std::mutex mutex_;  // guards the next two
  std::vector<std::shared_ptr<Subscriber>> subscribers_;
  std::string death_;  // the sentence; empty while alive

  // The thread's own.
  Clock::time_point busy_since_;
  std::string last_trouble_;
  bool busy_ = false;
  bool said_busy_ = false;
  bool in_trouble_ = false;
  int lines_said_ = 0;
  std::string doom_;  // what killed the backend; said unless the database turns out to be replaced
  int looks_since_doom_ = 0;
  int missing_ = 0;  // looks in a row that found no file
  int wakes_ = 0;    // counted for a planted bug only
};

}  // namespace honker

#endif  // CORE_WATCHER_SHARED_WATCHER_H_
