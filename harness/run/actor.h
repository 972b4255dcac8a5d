// The runner's end of an actor's line protocol (docs/protocol.md).
//
// One thread speaks to an actor. What goes wrong between runner and actor ends the cell, so it is
// thrown as CellEnd (stage.h); what the actor answers is a value.
#ifndef HARNESS_RUN_ACTOR_H_
#define HARNESS_RUN_ACTOR_H_

#include <map>
#include <string>

#include "harness/base/value.h"
#include "harness/history/history.h"
#include "harness/run/child_process.h"

namespace harness {

struct ActorReply {
  OpType type;
  Value value;
  bool ok() const { return type == OpType::kOk; }
};

class Actor {
 public:
  // Takes a process that has been started and waits for its hello.
  Actor(std::string process, ChildProcess child);

  const std::string& process() const { return process_; }
  pid_t pid() const { return child_.pid(); }
  ChildProcess& child() { return child_; }
  const Value& hello() const { return hello_; }

  // Sends a command; End waits for its reply. Several actors can be busy at once this way.
  int64_t Begin(const std::string& op, Value value = Value::MakeObject());
  ActorReply End(int64_t call, int64_t limit_ms = kReplyLimitMs);
  // Both.
  ActorReply Try(const std::string& op, Value value = Value::MakeObject(),
                 int64_t limit_ms = kReplyLimitMs);
  // For steps that must succeed for the cell to mean anything: anything but ok ends it as `error`.
  Value Do(const std::string& op, Value value = Value::MakeObject());

  // The command that is under way, "" for none.
  std::string pending() const;
  // Asks it to go, and kills it when it does not. The exit status says how it went.
  ExitStatus Quit();

  // Longer than an actor's own patience with a busy database (60 s): running out means that something
  // hangs.
  static constexpr int64_t kReplyLimitMs = 180'000;

 private:
  Value ReadLine(int64_t limit_ms);
  [[noreturn]] void Died();
  [[noreturn]] void Hung(int64_t limit_ms);

  std::string process_;
  ChildProcess child_;
  Value hello_;
  std::string buffer_;
  int64_t next_call_ = 1;
  std::map<int64_t, std::string> pending_;
  std::map<int64_t, ActorReply> replies_;
};

// What a process was doing, for the record before it is killed: state, wait channel, kernel stack
// of each thread (where this user may read it), its locks.
std::string DescribeProcess(pid_t pid);

}  // namespace harness

#endif  // HARNESS_RUN_ACTOR_H_
