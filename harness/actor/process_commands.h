// What a process does while it watches that is no call of SQLite or of the subject: chdir, fork,
// cost (docs/protocol.md, section 3).
#ifndef HARNESS_ACTOR_PROCESS_COMMANDS_H_
#define HARNESS_ACTOR_PROCESS_COMMANDS_H_

#include <sys/types.h>

#include <vector>

#include "harness/actor/session.h"
#include "harness/actor/watch_commands.h"

namespace harness::actor {

class ProcessCommands {
 public:
  ProcessCommands(Session& session, WatchCommands& watchers)
      : session_(session), watchers_(watchers) {}
  // Kills and reaps the children that stayed.
  ~ProcessCommands();
  ProcessCommands(const ProcessCommands&) = delete;
  ProcessCommands& operator=(const ProcessCommands&) = delete;

  void Register();

 private:
  Reply Fork(const Value& arguments);
  Reply Cost() const;

  Session& session_;
  WatchCommands& watchers_;
  std::vector<pid_t> stayed_;
};

}  // namespace harness::actor

#endif  // HARNESS_ACTOR_PROCESS_COMMANDS_H_
