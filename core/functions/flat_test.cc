// What a call costs does not depend on how many rows it has nothing to do with (CLAIM-FLAT): steps
// of SQLite's virtual machine and pages of the file, counted, with 1,000 and with 20,000 rows each
// of jobs that are due, delayed, in flight and dead, of results, and of locks.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "core/testing/fixed_clock.h"
#include "core/testing/scratch.h"

namespace honker {
namespace {

using testing::Database;
using testing::FixedClockVfs;
using testing::Scratch;

struct Cost {
  int64_t steps = 0;
  int64_t pages = 0;
};

// Each finds the same to do whatever the number of rows; some twice, the second time nothing.
constexpr const char* kCalls[] = {
    "honker_sweep_expired('q')",
    "honker_sweep_expired('q')",
    "honker_claim_batch('q', 'v', 5, 60)",
    "honker_ack_batch('[900001,900002]', 'w')",
    "honker_retry(900003, 'w', 5, 'e')",
    "honker_retry(900004, 'w', 5, 'e')",
    "honker_fail(900005, 'w', 'e')",
    "honker_heartbeat(900006, 'w', 60)",
    "honker_get_job(900006)",
    "honker_cancel(900006)",
    "honker_lock_acquire('new', 'o', 60)",
    "honker_lock_acquire('old 5', 'o', 60)",
    "honker_lock_renew('new', 'o', 60)",
    "honker_lock_release('new', 'o')",
    "honker_rate_limit_try('r', 5, 60)",
    "honker_rate_limit_sweep(3600)",
    "honker_rate_limit_sweep(3600)",
    "honker_result_save(900001, 'v', 60)",
    "honker_result_get(900001)",
    "honker_result_sweep()",
    "honker_result_sweep()",
};

void Fill(Database& db, int rows) {
  const std::string numbers =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
      std::to_string(rows) + ") ";
  const std::string ten = "WITH n(i) AS (SELECT value FROM json_each('[1,2,3,4,5,6,7,8,9,10]')) ";
  const std::string live =
      "INSERT INTO _honker_live (id, queue, payload, state, run_at, worker_id, "
      "claim_expires_at, attempts, expires_at) ";
  db.Run(
      "BEGIN;" + numbers + live +
      "SELECT NULL, 'q', 'due', 'pending', 1, NULL, NULL, 0, NULL FROM n;" + numbers + live +
      "SELECT NULL, 'q', 'delayed', 'pending', unixepoch() + 900, NULL, NULL, 0, "
      "unixepoch() + 9000 FROM n;" +
      numbers + live +
      "SELECT NULL, 'q', 'held', 'processing', 1, 'w', unixepoch() + 900, 1, 1 FROM n;" + ten +
      live + "SELECT NULL, 'q', 'expired', 'pending', 1, NULL, NULL, 0, 1 FROM n;" + ten + live +
      "SELECT NULL, 'q', 'lapsed', 'processing', 1, 'w', 1, 1, NULL FROM n;" + ten + live +
      "SELECT 900000 + i, 'q', 'mine', 'processing', 1, 'w', unixepoch() + 900, 1 + (i = 4) * 2, "
      "NULL FROM n;" +
      numbers +
      "INSERT INTO _honker_dead (id, queue, payload) SELECT 1000000 + i, 'q', 'dead' "
      "FROM n;" +
      numbers + "INSERT INTO _honker_locks SELECT 'old ' || i, 'o', unixepoch() + 900 FROM n;" +
      numbers +
      "INSERT INTO _honker_rate_limits (name, window_start, count, window_s) SELECT "
      "'old ' || i, unixepoch() - 60, 1, 900 FROM n;" +
      ten +
      "INSERT INTO _honker_rate_limits (name, window_start, count, window_s) SELECT "
      "'over ' || i, unixepoch() - 9000, 1, 900 FROM n;" +
      numbers + "INSERT INTO _honker_results SELECT i, 'v', 1, unixepoch() + 900 FROM n;" + ten +
      "INSERT INTO _honker_results SELECT -i, 'v', 1, 1 FROM n; COMMIT");
}

int64_t PagesAskedFor(sqlite3* db) {
  int64_t pages = 0;
  for (const int what : {SQLITE_DBSTATUS_CACHE_HIT, SQLITE_DBSTATUS_CACHE_MISS}) {
    int now = 0;
    int highest = 0;
    sqlite3_db_status(db, what, &now, &highest, 0);
    pages += now;
  }
  return pages;
}

Cost CostOf(Database& db, const std::string& call) {
  Cost cost;
  const int64_t before = PagesAskedFor(db.db());
  sqlite3_progress_handler(
      db.db(), 1,
      [](void* steps) {
        ++*static_cast<int64_t*>(steps);
        return 0;
      },
      &cost.steps);
  db.Run("SELECT " + call);
  sqlite3_progress_handler(db.db(), 0, nullptr, nullptr);
  cost.pages = PagesAskedFor(db.db()) - before;
  return cost;
}

TEST(Flat, ACallCostsTheSameAmongManyRows) {
  const Scratch scratch;
  std::map<int, std::vector<Cost>> costs;
  std::map<int, std::string> answers;
  for (const int rows : {1'000, 20'000}) {
    Database db(scratch.Path(std::to_string(rows)), Database::kLoaded, Database::kReadWrite,
                FixedClockVfs());
    db.Run("PRAGMA journal_mode = WAL; SELECT honker_bootstrap()");
    Fill(db, rows);
    for (const char* call : kCalls) costs[rows].push_back(CostOf(db, call));
    answers[rows] = db.Ask(
        "SELECT count(*) FILTER (WHERE payload = 'lapsed'), count(*) FILTER (WHERE payload = "
        "'expired'), count(*) FILTER (WHERE id > 900000), (SELECT count(*) FROM _honker_dead WHERE "
        "id < 1000000) FROM _honker_live");
  }
  EXPECT_EQ(answers[1'000], "10|0|5|12");
  EXPECT_EQ(answers[1'000], answers[20'000]) << "the same was done";
  for (size_t i = 0; i < std::size(kCalls); ++i) {
    const Cost few = costs[1'000][i];
    const Cost many = costs[20'000][i];
    EXPECT_LE(many.steps, few.steps * 5 / 4 + 10) << kCalls[i];
    // The trees are a level higher.
    EXPECT_LE(many.pages, few.pages * 2 + 10) << kCalls[i];
  }
}

}  // namespace
}  // namespace honker
