// become: an actor that is root goes on as an ordinary user (docs/protocol.md).
#ifndef HARNESS_ACTOR_BECOME_H_
#define HARNESS_ACTOR_BECOME_H_

#include "harness/actor/session.h"

namespace harness::actor {

// For good, all groups included; without effect in a process that is not root. `reach`: a folder.
// Answers {"uid", "reaches": whether that user can go into the folder}. The whole process: before
// other threads and connections are there. Its life stays tied to the runner's.
Reply Become(const Value& arguments);

}  // namespace harness::actor

#endif  // HARNESS_ACTOR_BECOME_H_
