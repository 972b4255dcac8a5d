// Named locks with a TTL. A lock is held while expires_at > now; from then on it is free, whether
// its row is still there or not.
//
// honker_lock_acquire(name, owner, ttl_s) -> 1 or 0
//
// Takes the lock until now + ttl_s where it is free. 1 if `owner` holds it on return: also where it
// held it before, which does not extend it. 0 if somebody else does.
//
// honker_lock_renew(name, owner, ttl_s) -> 1 or 0
//
// Extends a lock that `owner` holds to now + ttl_s. 0 where it has run out, or is another's.
//
// honker_lock_release(name, owner) -> 1 or 0
//
// Frees a lock that `owner` holds. Where it has run out the answer is 0, and its row goes.
//
// ttl_s <= 0 is an error. A row whose owner is no text, or whose end is no number, is an error too:
// who holds that lock cannot be said. All or nothing in every context (sql/atomic.h).
#include "core/fault_points.h"
#include "core/functions/families.h"
#include "core/sql/atomic_answer.h"
#include "core/sql/function.h"
#include "core/sql/statement.h"

namespace honker {
namespace {

constexpr char kLook[] = R"sql(
  SELECT owner, expires_at, expires_at > ?2 FROM main._honker_locks WHERE name = ?1
)sql";

constexpr char kTake[] = R"sql(
  INSERT INTO main._honker_locks (name, owner, expires_at) VALUES (?1, ?2, ?3)
  ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at
)sql";

// The row of this owner only: another's may have run out and be there still.
constexpr char kFree[] = R"sql(
  DELETE FROM main._honker_locks WHERE name = ?1 AND owner = ?2
)sql";

enum class Holder { kNobody, kOwner, kSomebodyElse };

Result<Holder> HolderOf(sqlite3* db, std::string_view name, std::string_view owner, int64_t now) {
  Statement look(db, kLook);
  const Result<bool> row = look.Bind(1, name).Bind(2, now).Step();
  if (!row.ok()) return row.error();
  if (!row.value()) return Holder::kNobody;
  if (look.ColumnType(0) != SQLITE_TEXT) {
    return Error{SQLITE_ERROR, "the row of this lock is unreadable: its owner is no text"};
  }
  if (look.ColumnType(1) != SQLITE_INTEGER && look.ColumnType(1) != SQLITE_FLOAT) {
    return Error{SQLITE_ERROR, "the row of this lock is unreadable: its expires_at is no number"};
  }
  if (look.ColumnInt(2) == 0) return Holder::kNobody;
  return look.ColumnText(0) == owner ? Holder::kOwner : Holder::kSomebodyElse;
}

// The lock is the owner's until now + ttl_s if `before` says who may hold it now.
Result<Answer> Hold(Call& call, Holder before) {
  Arguments& arguments = call.arguments;
  const std::string_view name = arguments.Text(0);
  const std::string_view owner = arguments.Text(1);
  const int64_t ttl_s = arguments.Int(2);
  if (!arguments.ok()) return arguments.error();
  if (ttl_s <= 0) return arguments.Complaint(2, "must be greater than 0");

  return AtomicallyAtNow(call.db, [&](int64_t now) -> Result<Answer> {
    const Result<int64_t> expires_at = arguments.Add(now, ttl_s, 2);
    if (!expires_at.ok()) return expires_at.error();
    const bool ever = before == Holder::kOwner && HONKER_MUTANT("renew_expired");
    const Result<Holder> holder = HolderOf(call.db, name, owner, ever ? 0 : now);
    if (!holder.ok()) return holder.error();
    if (holder.value() != before) return OneOrZero(holder.value() == Holder::kOwner);
    Status taken =
        Statement(call.db, kTake).Bind(1, name).Bind(2, owner).Bind(3, expires_at.value()).Run();
    if (!taken.ok()) return taken.error();
    return OneOrZero(true);
  });
}

Result<Answer> Acquire(Call& call) { return Hold(call, Holder::kNobody); }
Result<Answer> Renew(Call& call) { return Hold(call, Holder::kOwner); }

Result<Answer> Release(Call& call) {
  const std::string_view name = call.arguments.Text(0);
  const std::string_view owner = call.arguments.Text(1);
  if (!call.arguments.ok()) return call.arguments.error();

  return AtomicallyAtNow(call.db, [&](int64_t now) -> Result<Answer> {
    const Result<Holder> holder = HolderOf(call.db, name, owner, now);
    if (!holder.ok()) return holder.error();
    Status freed = Statement(call.db, kFree).Bind(1, name).Bind(2, owner).Run();
    if (!freed.ok()) return freed.error();
    return OneOrZero(holder.value() == Holder::kOwner);
  });
}

constexpr Function kFunctions[] = {
    {"honker_lock_acquire", Acquire, {"name", "owner", "ttl_s"}},
    {"honker_lock_renew", Renew, {"name", "owner", "ttl_s"}},
    {"honker_lock_release", Release, {"name", "owner"}},
};

}  // namespace

Status RegisterLockFunctions(sqlite3* db) {
  return RegisterFunctions(db, kFunctions, std::size(kFunctions));
}

}  // namespace honker
