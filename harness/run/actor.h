// The runner's end of an actor's line protocol (docs/protocol.md).
//
// One thread speaks to an actor. What goes wrong between runner and actor ends the cell, so it is
// thrown as CellEnd (cell_end.h); what the actor answers is a value.
#ifndef HARNESS_RUN_ACTOR_H_
#define HARNESS_RUN_ACTOR_H_

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "harness/base/patience.h"
#include "harness/base/value.h"
#include "harness/history/history.h"
#include "harness/run/cell_end.h"
#include "harness/run/child_process.h"

namespace harness {

struct ActorReply {
  OpType type;
  Value value;
  bool ok() const { return type == OpType::kOk; }
};

// How an actor went when it was asked to. `trouble` is empty where it ended in order.
struct Parting {
  ExitStatus status;
  std::optional<CellEnd> trouble;
};

class Actor {
 public:
  // Takes a process that has been started and waits for its hello.
  Actor(std::string process, ChildProcess child);

  const std::string& process() const { return process_; }
  pid_t pid() const { return child_.pid(); }
  // Whose uninterruptible sleep makes a wait for this one longer: those that it may wait for
  // itself. Alone where nothing was set.
  void SetCompany(std::function<std::vector<pid_t>()> company) { company_ = std::move(company); }
  // Called when a reply has come, before whoever waits for it goes on.
  void SetAfterReply(std::function<void()> after) { after_reply_ = std::move(after); }
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

  // What is under way: the commands that it has not answered, joined; "" for none.
  std::string Doing() const;
  // Asks it to go, and kills its group when it has not gone within `limit_ms`, or at once when the
  // run is interrupted.
  Parting Quit(int64_t limit_ms = kReplyLimitMs);

  // Longer than an actor's own patience with a busy database (60 s): running out means that
  // something hangs.
  static constexpr int64_t kReplyLimitMs = 180'000;

 private:
  std::vector<pid_t> Company() const;
  Value ReadLine(Patience& patience);
  void NoteHandles(const std::string& op, const ActorReply& reply);
  // The one rule for whose a hang is: the subject's while one of its functions is under way.
  bool InSubject() const;
  std::optional<ExitStatus> AwaitEnd(int64_t limit_ms);
  [[noreturn]] void Died();
  CellEnd Hang(const std::string& instead_of, int64_t limit_ms) const;

  std::string process_;
  ChildProcess child_;
  std::function<std::vector<pid_t>()> company_;
  std::function<void()> after_reply_;
  Value hello_;
  std::string buffer_;
  int64_t next_call_ = 1;
  std::map<int64_t, std::string> pending_;
  std::map<int64_t, ActorReply> replies_;
  int64_t handles_ = 0;   // watchers of the subject that it has open
  bool leaving_ = false;  // asked to go: it closes them then
};

// What a process was doing, for the record before it is killed: state, wait channel, kernel stack
// of each thread (where this user may read it), its locks.
std::string DescribeProcess(pid_t pid);

}  // namespace harness

#endif  // HARNESS_RUN_ACTOR_H_
