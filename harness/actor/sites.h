// Points of libfiu in this program (sites.def), by which a process dies or stands still between
// what it did and what is known of it. Under libfault_preload.so a fault names one as its site:
// "kill worker:1 at=actor.done.claim". Off they cost a look into an empty table.
#ifndef HARNESS_ACTOR_SITES_H_
#define HARNESS_ACTOR_SITES_H_

#include <string>

namespace harness::actor {

// `site` as in sites.def, `op` the command. What is to happen there happens before it returns; an
// error means nothing there and is refused with a line on stderr. From any thread.
void Reach(const char* site, const std::string& op);

}  // namespace harness::actor

#endif  // HARNESS_ACTOR_SITES_H_
