// The watcher role: watch, await, quiesce, await_death, unwatch (docs/protocol.md, section 3).
#ifndef HARNESS_ACTOR_WATCH_COMMANDS_H_
#define HARNESS_ACTOR_WATCH_COMMANDS_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "harness/actor/session.h"
#include "harness/actor/subject.h"
#include "harness/actor/subscriber.h"

namespace harness::actor {

class WatchCommands {
 public:
  WatchCommands(Session& session, Subject& subject) : session_(session), subject_(subject) {}
  void Register();

  // Threads that came with a watch; some may be over.
  const std::set<pid_t>& subject_threads() const { return subject_threads_; }
  // In a child after fork() without exec, where no thread but the caller is: one short wait on each
  // handle; the closing of each.
  void WaitInForkedChild();
  void CloseInForkedChild();

 private:
  enum class Goal { kMarks, kQuiet, kDeath };

  Reply Watch(const Value& arguments);
  Reply Await(const Value& arguments, Goal goal, int64_t default_limit_ms);
  Reply Unwatch(const Value& arguments);
  // Whether any thread is left that is not this program's own. Where none is, nobody looks but the
  // wait itself.
  bool OthersAreLeft() const;
  // Records once that threads which came with a watch are over though their subscribers wait on.
  void RecordGone(const std::set<pid_t>& gone, bool others_are_left);

  Session& session_;
  Subject& subject_;
  int64_t next_sub_ = 0;  // numbers are never used again
  std::set<pid_t> subject_threads_;
  int64_t sleeps_of_a_look_ = 1;  // the most of any database that is watched
  std::set<pid_t> gone_;          // of those, the ones whose end is in the history
  bool said_none_ = false;        // that no thread is left is in the history
  std::mutex news_mutex_;
  std::condition_variable news_;
  // Last: their threads notify `news_` until they are joined.
  std::vector<std::unique_ptr<Subscriber>> subscribers_;
};

}  // namespace harness::actor

#endif  // HARNESS_ACTOR_WATCH_COMMANDS_H_
