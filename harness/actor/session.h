// One actor's conversation with its runner (docs/protocol.md): commands in, replies out, history on
// disk.
#ifndef HARNESS_ACTOR_SESSION_H_
#define HARNESS_ACTOR_SESSION_H_

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "faults/locks/look.h"
#include "harness/actor/sqlite.h"
#include "harness/actor/subject.h"
#include "harness/base/value.h"
#include "harness/history/history.h"

namespace harness::actor {

// What a command came to. `fail` means it certainly did not happen, `info` that it may have.
struct Reply {
  OpType type = OpType::kOk;
  Value value = Value::MakeObject();

  static Reply Okay(Value value = Value::MakeObject()) { return {OpType::kOk, std::move(value)}; }
  static Reply Fail(const std::string& message) {
    return {OpType::kFail, Value::MakeObject({{"message", message}})};
  }
  static Reply Fail(const SqlFailure& failure) { return {OpType::kFail, failure.ToValue()}; }
  // The answer to an open that gave no handle: `refused` and `absent` are answers, an error is not.
  static Reply NotOpened(const NoHandle& why) {
    if (why.kind == NoHandle::Kind::kError) return Fail(why.error);
    return Okay(
        Value::MakeObject({{"outcome", why.kind == NoHandle::Kind::kAbsent ? "absent" : "refused"},
                           {"error", EncodeBytes(why.error)}}));
  }
  static Reply InDoubt(const SqlFailure& failure) { return {OpType::kInfo, failure.ToValue()}; }
};

class Session {
 public:
  using Handler = std::function<Reply(const Value& arguments)>;

  // Creates the history file.
  Status Begin(const std::string& process, const std::string& history_path);
  void On(const std::string& op, Handler handler) { handlers_[op] = std::move(handler); }
  // Says hello, then serves commands from stdin until it ends or `quit` comes. Returns the exit
  // code.
  int Serve(const Value& hello);

  // The following may be called from any thread.
  // An op of the actor's own making inside a longer command: invoke, `body`, end.
  Reply Nested(const std::string& op, const Value& value, const std::function<Reply()>& body);
  // Whether others see the locks that SQLite in this process believes it holds: where not, an event
  // `lock_missing`. The runner looks after each command; this is for what is inside of one.
  void LookAtLocks();
  // An event in the history only: the runner asks for what it needs with `await`.
  void Record(const std::string& event, Value value, int64_t t_ns = 0);
  // An event that the runner is told of as well.
  void Tell(const std::string& event, Value value);

 private:
  void Send(const Value& line);
  void SayLooks();
  std::string process_;
  HistoryWriter history_;
  std::mutex output_;  // a reply and an event of another thread never mix
  std::map<std::string, Handler> handlers_;
  std::atomic<int64_t> next_nested_{-1};

  std::optional<faults::locks::BookReader> locks_;  // empty: started without the recorder
  std::mutex looking_;
  std::set<uint64_t> told_;  // by `looking_`: serials of the locks in those events
  std::atomic<int64_t> looks_{0};
  std::atomic<int64_t> judged_{0};
};

}  // namespace harness::actor

#endif  // HARNESS_ACTOR_SESSION_H_
