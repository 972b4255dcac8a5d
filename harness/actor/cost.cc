#include "harness/actor/cost.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace harness::actor {
namespace {

using Prepared = std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)>;

SqlStatus Prepare(Connection& db, const std::string& sql, Prepared& out) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(db.handle(), sql.c_str(), -1, &raw, nullptr) != SQLITE_OK)
    return db.LastFailure();
  out.reset(raw);
  return {};
}

// The counter since it was last taken.
int64_t TakeCounter(Connection& db, int which) {
  int now = 0, highest = 0;
  sqlite3_db_status(db.handle(), which, &now, &highest, 1);
  return now;
}

struct StepCounter {
  explicit StepCounter(Connection& db) : handle(db.handle()) {
    sqlite3_progress_handler(handle, 1, CountOne, this);
  }
  ~StepCounter() { sqlite3_progress_handler(handle, 0, nullptr, nullptr); }
  StepCounter(const StepCounter&) = delete;
  StepCounter& operator=(const StepCounter&) = delete;

  static int CountOne(void* self) {
    ++static_cast<StepCounter*>(self)->steps;
    return 0;
  }

  sqlite3* handle;
  int64_t steps = 0;
};

// One run of a statement; what it returns is thrown away.
SqlStatus RunOnce(Connection& db, sqlite3_stmt* statement, bool to_end) {
  int rc;
  do {
    rc = sqlite3_step(statement);
  } while (to_end && rc == SQLITE_ROW);
  const SqlStatus status =
      rc == SQLITE_ROW || rc == SQLITE_DONE ? SqlStatus() : SqlStatus(db.LastFailure());
  sqlite3_reset(statement);
  return status;
}

}  // namespace

Reply Measure(Connection& db, const Value& arguments) {
  for (int counter :
       {SQLITE_DBSTATUS_CACHE_HIT, SQLITE_DBSTATUS_CACHE_MISS, SQLITE_DBSTATUS_CACHE_WRITE}) {
    TakeCounter(db, counter);
  }
  Value rows;
  SqlStatus status;
  int64_t steps = 0;
  {
    const StepCounter counter(db);
    status = db.Query(arguments["sql"].Text(), arguments["bind"], rows);
    steps = counter.steps;
  }
  if (!status.ok()) return Reply::Fail(status.failure());
  return Reply::Okay(
      Value::MakeObject({{"rows", rows},
                         {"steps", steps},
                         {"pages", TakeCounter(db, SQLITE_DBSTATUS_CACHE_HIT) +
                                       TakeCounter(db, SQLITE_DBSTATUS_CACHE_MISS)},
                         {"written", TakeCounter(db, SQLITE_DBSTATUS_CACHE_WRITE)}}));
}

Reply Repeat(Connection& db, const Value& arguments) {
  const std::string& step = arguments["step"].Text();
  if (step != "once" && step != "to_end") return Reply::Fail("step is \"once\" or \"to_end\"");
  std::vector<Prepared> statements;
  for (const Value& sql : arguments["statements"].items()) {
    statements.emplace_back(nullptr, sqlite3_finalize);
    if (SqlStatus s = Prepare(db, sql.Text(), statements.back()); !s.ok())
      return Reply::Fail(s.failure());
  }
  Prepared beside(nullptr, sqlite3_finalize);
  if (const std::string& sql = arguments["beside"].Text(); !sql.empty()) {
    if (SqlStatus s = Prepare(db, sql, beside); !s.ok()) return Reply::Fail(s.failure());
    if (sqlite3_step(beside.get()) != SQLITE_ROW)
      return Reply::Fail("the statement that is to stay open has no row");
  }
  TakeCounter(db, SQLITE_DBSTATUS_CACHE_WRITE);
  const int64_t count = arguments["count"].Int(1);
  const int64_t together = arguments["per_transaction"].Int();
  SqlStatus status;
  int64_t done = 0;
  for (; status.ok() && done < count; ++done) {
    if (together > 0 && done % together == 0) status = db.Exec("BEGIN IMMEDIATE");
    for (const Prepared& statement : statements) {
      if (status.ok()) status = RunOnce(db, statement.get(), step == "to_end");
    }
    const bool last = (done + 1) % std::max<int64_t>(together, 1) == 0 || done + 1 == count;
    if (status.ok() && together > 0 && last) status = db.Exec("COMMIT");
  }
  if (!status.ok()) {
    (void)db.Exec("ROLLBACK").ok();
    return Reply::Fail(status.failure());
  }
  return Reply::Okay(Value::MakeObject(
      {{"done", done}, {"written", TakeCounter(db, SQLITE_DBSTATUS_CACHE_WRITE)}}));
}

}  // namespace harness::actor
