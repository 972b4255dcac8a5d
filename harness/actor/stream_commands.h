// Streams and schedules: stream_publish, stream_produce, stream_since, stream_save_offset,
// stream_offset, tick (docs/protocol.md).
//
// All of them go through the subject's SQL functions, on the connection of `open_queue`.
#ifndef HARNESS_ACTOR_STREAM_COMMANDS_H_
#define HARNESS_ACTOR_STREAM_COMMANDS_H_

#include "harness/actor/job_commands.h"
#include "harness/actor/session.h"

namespace harness::actor {

class StreamCommands {
 public:
  StreamCommands(Session& session, JobCommands& jobs) : session_(session), jobs_(jobs) {}
  void Register();

 private:
  Session& session_;
  JobCommands& jobs_;  // whose connection it is
};

}  // namespace harness::actor

#endif  // HARNESS_ACTOR_STREAM_COMMANDS_H_
