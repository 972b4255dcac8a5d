// What the holder of a claim says about its job. All of these are for `worker` while its claim is
// valid (claim_expires_at >= now); for anybody else, and for a late one, they change nothing.
//
// honker_ack_batch(ids_json, worker) -> count
//
// Does what honker_ack does for each integer of a JSON array, and counts those that were acked.
// Unknown ids, other workers' jobs and repetitions are skipped. What is no JSON array of 64-bit
// integers is an error, before anything is deleted. [] is 0 and touches nothing.
//
// honker_retry(id, worker, delay_s, error) -> 1 or 0
//
// Gives the job back: pending at now + delay_s, without a claim, its attempts kept. Where those
// have reached max_attempts it goes to the dead letters with `error` instead.
//
// honker_fail(id, worker, error) -> 1 or 0
//
// Moves the job to the dead letters with `error`, whatever its attempts.
//
// honker_heartbeat(id, worker, extend_s) -> 1 or 0
//
// The claim ends at now + extend_s from now on, earlier or later than before. A claim that has
// ended is not taken up again, also where nobody else has claimed the job yet.
//
// Each is all or nothing in every context (sql/atomic.h).
#include <vector>

#include "core/base/json_integers.h"
#include "core/functions/families.h"
#include "core/queue/dead_letters.h"
#include "core/queue/held_claim.h"
#include "core/sql/atomic_answer.h"
#include "core/sql/function.h"
#include "core/sql/statement.h"

namespace honker {
namespace {

constexpr char kAck[] = R"sql(
  DELETE FROM main._honker_live
  WHERE id = ?1 AND state = 'processing' AND worker_id = ?2 AND claim_expires_at >= ?3
)sql";

// Only after HoldOf() has said whose it is.
constexpr char kGiveBack[] = R"sql(
  UPDATE main._honker_live
  SET state = 'pending', worker_id = NULL, claim_expires_at = NULL, run_at = ?2
  WHERE id = ?1
)sql";

constexpr char kExtend[] = R"sql(
  UPDATE main._honker_live SET claim_expires_at = ?4
  WHERE id = ?1 AND state = 'processing' AND worker_id = ?2 AND claim_expires_at >= ?3
)sql";

Result<Answer> AckBatch(Call& call) {
  const std::string_view ids_json = call.arguments.Text(0);
  const std::string_view worker = call.arguments.Text(1);
  if (!call.arguments.ok()) return call.arguments.error();
  const Result<std::vector<int64_t>> ids = ParseJsonIntegers(ids_json);
  if (!ids.ok()) {
    return call.arguments.Complaint(0, "must be a JSON array of integers: " + ids.error().message);
  }
  if (ids.value().empty()) return Answer{int64_t{0}};

  return AtomicallyAtNow(call.db, [&](int64_t now) -> Result<Answer> {
    Statement ack(call.db, kAck);
    ack.Bind(2, worker).Bind(3, now);
    int64_t acked = 0;
    for (const int64_t id : ids.value()) {
      Status removed = ack.Bind(1, id).Run();
      if (!removed.ok()) return removed.error();
      acked += ack.Changes();
      ack.Reset();
    }
    return Answer{acked};
  });
}

Result<Answer> Retry(Call& call) {
  Arguments& arguments = call.arguments;
  const int64_t id = arguments.Int(0);
  const std::string_view worker = arguments.Text(1);
  const int64_t delay_s = arguments.Int(2);
  const std::string_view error = arguments.Text(3);
  if (!arguments.ok()) return arguments.error();

  return AtomicallyAtNow(call.db, [&](int64_t now) -> Result<Answer> {
    const Result<int64_t> due = arguments.Add(now, delay_s, 2);
    if (!due.ok()) return due.error();
    const Result<Hold> hold = HoldOf(call.db, id, worker, now);
    if (!hold.ok()) return hold.error();
    if (hold.value() == Hold::kNone) return OneOrZero(false);
    Status status = hold.value() == Hold::kLastAttempt
                        ? BuryJob(call.db, id, error, now)
                        : Statement(call.db, kGiveBack).Bind(1, id).Bind(2, due.value()).Run();
    if (!status.ok()) return status.error();
    return OneOrZero(true);
  });
}

Result<Answer> Fail(Call& call) {
  const int64_t id = call.arguments.Int(0);
  const std::string_view worker = call.arguments.Text(1);
  const std::string_view error = call.arguments.Text(2);
  if (!call.arguments.ok()) return call.arguments.error();

  return AtomicallyAtNow(call.db, [&](int64_t now) -> Result<Answer> {
    const Result<Hold> hold = HoldOf(call.db, id, worker, now);
    if (!hold.ok()) return hold.error();
    if (hold.value() == Hold::kNone) return OneOrZero(false);
    Status status = BuryJob(call.db, id, error, now);
    if (!status.ok()) return status.error();
    return OneOrZero(true);
  });
}

Result<Answer> Heartbeat(Call& call) {
  Arguments& arguments = call.arguments;
  const int64_t id = arguments.Int(0);
  const std::string_view worker = arguments.Text(1);
  const int64_t extend_s = arguments.Int(2);
  if (!arguments.ok()) return arguments.error();

  return AtomicallyAtNow(call.db, [&](int64_t now) -> Result<Answer> {
    const Result<int64_t> claim_expires_at = arguments.Add(now, extend_s, 2);
    if (!claim_expires_at.ok()) return claim_expires_at.error();
    Statement extend(call.db, kExtend);
    extend.Bind(1, id).Bind(2, worker).Bind(3, now).Bind(4, claim_expires_at.value());
    Status extended = extend.Run();
    if (!extended.ok()) return extended.error();
    return OneOrZero(extend.Changes() > 0);
  });
}

constexpr Function kFunctions[] = {
    {"honker_ack_batch", AckBatch, {"ids_json", "worker"}},
    {"honker_retry", Retry, {"id", "worker", "delay_s", "error"}},
    {"honker_fail", Fail, {"id", "worker", "error"}},
    {"honker_heartbeat", Heartbeat, {"id", "worker", "extend_s"}},
};

}  // namespace

Status RegisterCompletionFunctions(sqlite3* db) {
  return RegisterFunctions(db, kFunctions, std::size(kFunctions));
}

}  // namespace honker
