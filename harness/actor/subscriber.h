// A consumer, as the documentation describes one: it waits for a wake and re-reads the database at
// once, through a connection of its own with a busy timeout of 60 s. What the re-read sees is the
// evidence; the wake alone says nothing.
#ifndef HARNESS_ACTOR_SUBSCRIBER_H_
#define HARNESS_ACTOR_SUBSCRIBER_H_

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "harness/actor/session.h"
#include "harness/actor/sqlite.h"
#include "harness/actor/subject.h"

namespace harness::actor {

// What the waiting thread has come to, as others may see it.
struct SubscriberState {
  std::map<std::string, int64_t> seen;  // best mark of each writer that a re-read has seen
  int64_t wakes = 0;
  int64_t timeouts = 0;
  int64_t quiet_since_ns = 0;  // when the last wait that timed out had begun; 0 for none yet
  bool dead = false;           // a wait returned -1 or -2
  bool overtriggered = false;  // re-reads no more, after too many wakes in a row without news
};

class Subscriber {
 public:
  static constexpr int kRereadBusyMs = kPatienceMs;

  // Wakes in a row without news after which one of `count` subscribers that watch together stops to
  // re-read: 1,000 for one alone. Each one's re-read may wake all the others, so that a hundred of
  // them would read a hundred thousand times to show the same; fewer than 50 could be the events of
  // a few commits.
  static int OvertriggerAfter(int64_t count);

  // Takes the port and a connection that is open already (an application has one before it
  // subscribes); one that is not open means that each re-read opens `path` anew and closes it
  // again; an empty `path` that nothing is read. `news` is notified after each change of state.
  // Start() begins to wait.
  Subscriber(Session& session, int64_t number, std::unique_ptr<WatcherPort> port, std::string path,
             Connection reread, int overtrigger_after, std::condition_variable& news);
  ~Subscriber() { Stop(); }

  void Start();
  // Ends the waiting thread and closes the handle. Idempotent.
  void Stop();

  // In a child after fork() without exec: this subscriber's thread is not there, its handle is.
  // Nothing that the thread could have locked is touched.
  void WaitInForkedChild() { (void)port_->Wait(1); }
  void CloseInForkedChild() { port_.reset(); }

  int64_t number() const { return number_; }
  bool waits() const { return thread_.joinable(); }
  SubscriberState state() const;

 private:
  void Run(const std::stop_token& stop);
  void OnWake(int64_t woken_ns);
  SqlStatus Reread(Value& marks);

  Session& session_;
  const int64_t number_;
  std::unique_ptr<WatcherPort> port_;
  const std::string path_;
  Connection reread_;
  const int overtrigger_after_;
  std::condition_variable& news_;
  mutable std::mutex mutex_;
  SubscriberState state_;  // guarded by mutex_
  int idle_wakes_ = 0;     // wakes in a row that showed nothing new; the waiting thread's own
  std::jthread thread_;
};

}  // namespace harness::actor

#endif  // HARNESS_ACTOR_SUBSCRIBER_H_
