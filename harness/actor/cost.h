// What calls cost, counted instead of timed, and calls in large numbers: the commands measure and
// repeat (docs/protocol.md).
#ifndef HARNESS_ACTOR_COST_H_
#define HARNESS_ACTOR_COST_H_

#include "harness/actor/session.h"
#include "harness/actor/sqlite.h"

namespace harness::actor {

// Runs `sql` once, to its end, and counts what the connection did meanwhile, the statements inside
// SQL functions included: {"rows", "steps", "pages", "written"}. `steps` are instructions of
// SQLite's virtual machine (a progress handler that is called after each; from 3.41 on the parser
// counts a little as well), `pages` are requests to the page cache, hits and misses together, which
// also show what one instruction hides (count(*), sorters, moving through a b-tree), `written`
// pages that were written out. Takes the connection's progress handler.
Reply Measure(Connection& db, const Value& arguments);

// Runs each of `statements` in turn, `count` times round, without rows being kept. `step`: "once"
// steps once and resets, as better-sqlite3's .get() does; "to_end" goes to the end of each.
// `per_transaction` > 0: so many rounds in a BEGIN ... COMMIT. `beside`: a SELECT on the same
// connection that is stepped to its first row before and stays open until all is done. Answers
// {"done": rounds, "written": pages that were written out}; stops at the first failure, with the
// transaction rolled back.
Reply Repeat(Connection& db, const Value& arguments);

}  // namespace harness::actor

#endif  // HARNESS_ACTOR_COST_H_
