// Calls of SQL functions by name, one or many: the commands call and calls (docs/protocol.md).
#ifndef HARNESS_ACTOR_FUNCTION_CALLS_H_
#define HARNESS_ACTOR_FUNCTION_CALLS_H_

#include "harness/actor/session.h"
#include "harness/actor/sqlite.h"

namespace harness::actor {

// `function` with `arguments`; with `rollback` in a transaction that is rolled back afterwards.
// {"answer", "from", "to"}: between these two seconds by the database's own clock it took place. In
// doubt where it failed with an I/O error, or where the rollback failed.
Reply CallFunction(Connection& db, const Value& arguments);

// `function` once for each element of `arguments`, every `rollback_every`-th rolled back: each is a
// `call` op of its own. {"done": so many ended ok}.
Reply CallFunctions(Session& session, Connection& db, const Value& arguments);

}  // namespace harness::actor

#endif  // HARNESS_ACTOR_FUNCTION_CALLS_H_
