// Marks: the commits of a cell, as a consumer can see them by re-reading.
//
// One row a writer, holding the number of its newest commit. A writer raises its mark by one with
// each commit, so a re-read that sees `seq` proves that every commit of that writer up to `seq` is
// visible.
#ifndef HARNESS_ACTOR_MARKS_H_
#define HARNESS_ACTOR_MARKS_H_

#include <cstdint>

#include "harness/actor/session.h"
#include "harness/actor/sqlite.h"
#include "harness/base/value.h"

namespace harness::actor {

SqlStatus CreateMarks(Connection& db);

// {"1":17,"2":4}; an empty object where the table is not there yet.
SqlStatus ReadMarks(Connection& db, Value& marks);

// One transaction that sets the mark. Ok is durable as far as the connection's synchronous level
// says; Fail: nothing of it is there, and no transaction is open; InDoubt after an I/O error inside
// COMMIT. `pad` bytes of content go along, to make a commit of several pages.
Reply CommitMark(Connection& db, int64_t writer, int64_t seq, int64_t pad);

// The first half of a commit: BEGIN EXCLUSIVE and the mark, left open. On failure nothing is open.
Reply HoldMark(Connection& db, int64_t writer, int64_t seq);
// The second half: COMMIT of what HoldMark left open, with the results of CommitMark.
Reply CommitHeld(Connection& db);

// Work that is undone again: `plain` (BEGIN, write, ROLLBACK), `savepoint` (inside a transaction
// that is then rolled back too), `savepoint_committed` (inside one that is committed, with nothing
// left to commit), `spilled` (more dirty pages than the cache holds, so that the file
// or the WAL is written before the rollback). Afterwards the connection is as before.
Reply RollBack(Connection& db, const std::string& kind);

}  // namespace harness::actor

#endif  // HARNESS_ACTOR_MARKS_H_
