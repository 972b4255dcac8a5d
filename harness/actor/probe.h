// What a subject has, found out in a throw-away process: `honker-actor --probe`.
#ifndef HARNESS_ACTOR_PROBE_H_
#define HARNESS_ACTOR_PROBE_H_

#include <string>

#include "harness/base/value.h"

namespace harness::actor {

// {"loads":bool,"error":"...","functions":["honker_ack/2",...],"abi":bool,
//  "backends":{"polling":{"outcome":"opened"},...}}
// Functions are those that loading adds to pragma_function_list; each backend is opened on a
// scratch WAL database inside `scratch`, which must exist and be writable. A subject that crashes
// takes this process along: the caller reads that from the exit status.
Value ProbeSubject(const std::string& library, const std::string& scratch);

// {"version":"3.40.1","source_id":"..."} of the SQLite that this process is linked with.
Value LinkedSqlite();

}  // namespace harness::actor

#endif  // HARNESS_ACTOR_PROBE_H_
