// How a claim finds its jobs without walking what it may not take.
//
// Jobs whose claim has ended are made pending again first, so that all candidates lie in one index,
// ordered by priority, run_at, id. Then one seek per priority finds its earliest row, and with it
// whether anything is due there; delayed rows of a priority cost nothing but that seek, running
// claims nothing at all. Expired jobs would be walked over by every claim, so the first one buries
// them.
//
// A row whose payload JSON cannot carry (a BLOB, invalid UTF-8: written by hand or by another
// program) goes to the dead letters with the reason. It must not block the others, must not be
// lost, and handing it out changed would be worse than either.
#include "core/queue/claim.h"

#include <atomic>

#include "core/base/json_writer.h"
#include "core/base/utf8.h"
#include "core/fault_points.h"
#include "core/queue/dead_letters.h"
#include "core/queue/lapsed_claims.h"
#include "core/sites.h"

namespace honker {
namespace {

constexpr char kMark[] = R"sql(
  UPDATE main._honker_live
  SET state = 'processing', worker_id = ?1, claim_expires_at = ?2, attempts = attempts + 1
  WHERE id = ?3
)sql";

}  // namespace

// The earliest row of a priority: where it is not due, none is. NULL sorts before all moments, and
// says nothing about the rows behind it.
#define EARLIEST(of)                                                                               \
  "SELECT priority, run_at > ?2 FROM main._honker_live WHERE queue = ?1 AND state = 'pending' " of \
  "ORDER BY priority DESC, run_at LIMIT 1"

Status Claim::Take(int64_t wanted) {
  Status status = ReleaseLapsedClaims(db_, queue_, now_);
  if (!status.ok()) return status;
  const Result<int64_t> expired = BuryExpired(db_, queue_, now_);
  if (!expired.ok()) return expired.error();
  status = BuryExhausted(db_, queue_, now_);
  if (!status.ok()) return status;

  Statement highest(db_, EARLIEST(""));
  Statement next(db_, EARLIEST("AND priority < ?3 "));
  Statement* level = &highest;
  level->Bind(1, queue_).Bind(2, now_);
  next.Bind(1, queue_).Bind(2, now_);
  while (taken_ < wanted && !full_) {
    Result<bool> row = level->Step();
    if (!row.ok()) return row.error();
    if (!row.value()) return Ok();
    const bool none_due = level->ColumnInt(1) != 0;
    // The value is copied before its row goes away.
    sqlite3_value* priority = sqlite3_value_dup(level->ColumnValue(0));
    if (priority == nullptr) return Error{SQLITE_NOMEM, "out of memory"};
    level->Reset();
    if (!none_due) status = TakeOfPriority(priority, wanted);
    next.Bind(3, priority);
    sqlite3_value_free(priority);
    if (!status.ok()) return status;
    level = &next;
  }
  return Ok();
}

Status Claim::TakeOfPriority(const sqlite3_value* priority, int64_t wanted) {
  for (;;) {
    Result<Look> look = LookAt(priority, wanted);
    if (!look.ok()) return look.error();
    if (!look.value().good.empty()) HONKER_MAY_FAIL("claim.selected");
    Status marked = MarkTaken(look.value().good);
    if (!marked.ok()) return marked;
    for (const auto& [id, reason] : look.value().bad) {
      Status status = BuryJob(db_, id, reason, now_);
      if (!status.ok()) return status;
    }
    full_ = look.value().full;
    // What was buried took places in the look: look again.
    if (look.value().bad.empty() || full_ || taken_ >= wanted) return Ok();
  }
}

#define DUE_BY(order)                                                          \
  "SELECT id, payload, attempts FROM main._honker_live "                       \
  "WHERE queue = ?1 AND state = 'pending' AND priority = ?2 AND run_at <= ?3 " \
  "AND attempts < max_attempts AND (expires_at IS NULL OR expires_at > ?3) "   \
  "ORDER BY " order " LIMIT ?4"

Result<Claim::Look> Claim::LookAt(const sqlite3_value* priority, int64_t wanted) {
  Statement due(db_,
                HONKER_MUTANT("sort_on_claim") ? DUE_BY("run_at + 0, id") : DUE_BY("run_at, id"));
  due.Bind(1, queue_).Bind(2, priority).Bind(3, now_).Bind(4, wanted - taken_);
  Look look;
  while (!look.full) {
    Result<bool> row = due.Step();
    if (!row.ok()) return row.error();
    if (!row.value()) break;
    Consider(due, look);
  }
  return look;
}

void Claim::Consider(Statement& row, Look& look) {
  const int64_t id = row.ColumnInt(0);
  const std::string_view payload = row.ColumnText(1);
  if (row.ColumnType(1) != SQLITE_TEXT || !IsUtf8(payload)) {
    look.bad.emplace_back(id, "unreadable: the payload is not text of valid UTF-8");
    return;
  }
  std::string job;
  JsonObject(job)
      .Int("id", id)
      .Text("queue", queue_)
      .Text("payload", payload)
      .Text("worker_id", worker_)
      .Int("attempts", row.ColumnInt(2) + 1)
      .Int("claim_expires_at", claim_expires_at_)
      .Close();
  // Checked here, while it can still be undone: SQLite would refuse the finished text after the
  // commit.
  const auto limit = static_cast<size_t>(sqlite3_limit(db_, SQLITE_LIMIT_LENGTH, -1));
  if (job.size() + 2 > limit) {
    look.bad.emplace_back(id,
                          "unreadable: as JSON the job is longer than SQLite allows a text to be");
    return;
  }
  if (jobs_.size() + (jobs_.empty() ? 0 : 1) + job.size() + 2 > limit) {
    look.full = true;
    return;
  }
  if (!jobs_.empty()) jobs_ += ',';
  jobs_ += job;
  look.good.push_back(id);
  ++taken_;
}

Status Claim::MarkTaken(const std::vector<int64_t>& ids) {
  Statement mark(db_, kMark);
  mark.Bind(1, worker_).Bind(2, claim_expires_at_);
  for (const int64_t id : ids) {
    if (HONKER_MUTANT("lose_on_claim")) {
      static std::atomic<int> count = 0;
      if (++count % 5 == 0) {
        Status lost =
            Statement(db_, "DELETE FROM main._honker_live WHERE id = ?1").Bind(1, id).Run();
        if (!lost.ok()) return lost;
        continue;
      }
    }
    Status marked = mark.Bind(3, id).Run();
    if (!marked.ok()) return marked;
    mark.Reset();
  }
  return Ok();
}

}  // namespace honker
