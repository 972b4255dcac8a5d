// Connections and the writer role: open, close, exec, setup, commit, burst, rollback
// (docs/protocol.md).
#ifndef HARNESS_ACTOR_CONNECTION_COMMANDS_H_
#define HARNESS_ACTOR_CONNECTION_COMMANDS_H_

#include <map>
#include <string>

#include "harness/actor/session.h"
#include "harness/actor/sqlite.h"
#include "harness/actor/subject.h"

namespace harness::actor {

// How a connection is opened: the arguments of `open`.
struct OpenOptions {
  std::string path;
  std::string journal;  // "" leaves it as it is
  std::string sync;     // "" leaves it as it is
  int busy_ms = kPatienceMs;
  bool create = false;
  bool load = false;
  // The journal mode is asked for again while SQLite says BUSY, for as long as busy_ms: it does not
  // call the busy handler for a conversion to WAL.
  bool insist = false;

  static OpenOptions From(const Value& arguments);
};

// Opens, sets busy timeout, journal mode and synchronous level, loads the subject where asked.
// `journal` is the mode in force afterwards, which need not be the one that was asked for.
SqlStatus OpenConnection(const OpenOptions& options, Subject& subject, Connection& out,
                         std::string& journal);

class ConnectionCommands {
 public:
  ConnectionCommands(Session& session, Subject& subject) : session_(session), subject_(subject) {}
  void Register();

 private:
  Connection* Find(const Value& arguments);
  Reply Arm(const Value& arguments);
  Reply Disarm();
  Reply Open(const Value& arguments);
  Reply Close(const Value& arguments);
  Reply Exec(const Value& arguments);
  Reply Burst(const Value& arguments);

  Session& session_;
  Subject& subject_;
  // "tools" is `:memory:`, for libraries that have nothing to do with a database (a fault VFS).
  std::map<std::string, Connection> connections_;
  Value fired_before_;  // calls that faults had struck when the last ones were armed
};

}  // namespace harness::actor

#endif  // HARNESS_ACTOR_CONNECTION_COMMANDS_H_
