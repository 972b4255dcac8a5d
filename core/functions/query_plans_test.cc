// Every statement of the library follows an index: none walks a table that grows, none sorts.
//
// What is judged is what the library runs. All its SQL names its tables as main._honker_...; so all
// constants with that name in the file of the library are its statements, none can be forgotten
// here. And what functions run, as SQLite's trace sees it, has to be among them: SQL that is put
// together at run time would escape.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "core/testing/scratch.h"

namespace honker {
namespace {

using testing::Database;
using testing::Scratch;

constexpr char kOurTable[] = "main._honker_";

// One row a schedule: few, and a list of all of them, in the order of an index, is what is asked
// for.
constexpr char kMayBeRead[] = "SCAN main._honker_scheduler_tasks USING INDEX";

// From its first word on; "" where it is no statement (a message may name a table, too).
std::string Statement(const std::string& text) {
  size_t start = std::string::npos;
  for (const char* word : {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}) {
    start = std::min(start, text.find(word));
  }
  return start == std::string::npos ? "" : text.substr(start);
}

// The strings in the file of the library that are SQL about our tables.
std::set<std::string> StatementsOfTheLibrary() {
  std::ifstream file(testing::ExtensionPath(), std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  const auto is_text = [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); };
  std::set<std::string> statements;
  for (size_t at = 0; (at = bytes.find(kOurTable, at)) != std::string::npos;) {
    size_t start = at;
    while (start > 0 && is_text(bytes[start - 1])) --start;
    const size_t end = bytes.find('\0', at);
    statements.insert(Statement(bytes.substr(start, end - start)));
    at = end;
  }
  // What notices that the connection is closed (core/sql/statement_cache.h): a table without rows.
  statements.erase("SELECT 1 FROM main._honker_statements");
  statements.erase("");
  return statements;
}

class QueryPlans : public ::testing::Test {
 protected:
  QueryPlans() {
    db_.Run(
        "PRAGMA journal_mode = WAL; SELECT honker_bootstrap(); BEGIN;"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) "
        "INSERT INTO _honker_live (queue, payload, state, priority, run_at, worker_id, "
        "claim_expires_at, attempts, expires_at) SELECT 'q', 'p', iif(i % 2, 'pending', "
        "'processing'), i % 5, i, iif(i % 2, NULL, 'w'), iif(i % 2, NULL, unixepoch() + 900), 1, "
        "iif(i % 7, NULL, unixepoch() + i) FROM n;"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) "
        "INSERT INTO _honker_dead (id, queue, payload) SELECT 1000000 + i, 'q', 'p' FROM n; "
        "COMMIT");
  }

  // What is wrong with the plan, a line each.
  std::string Faults(const std::string& sql) {
    const std::string plan = db_.Ask("EXPLAIN QUERY PLAN " + sql);
    std::string faults;
    size_t start = 0;
    while (start < plan.size()) {
      const size_t end = std::min(plan.find('\n', start), plan.size());
      const std::string line = plan.substr(start, end - start);
      const bool walks = line.find("SCAN ") != std::string::npos &&
                         line.find("SCAN CONSTANT ROW") == std::string::npos &&
                         line.find(kMayBeRead) == std::string::npos;
      if (walks || line.find("TEMP B-TREE") != std::string::npos) faults += line + "\n";
      start = end + 1;
    }
    return faults;
  }

  Scratch scratch_;
  Database db_{scratch_.Path("a.db")};
};

// The judge, judged.
TEST_F(QueryPlans, AWalkAndASortAreFaults) {
  EXPECT_NE(Faults("DELETE FROM main._honker_live WHERE attempts = 7"), "");
  EXPECT_NE(Faults("SELECT id FROM main._honker_live WHERE queue = 'q' AND state = 'pending' AND "
                   "priority = 1 ORDER BY worker_id"),
            "");
  EXPECT_EQ(Faults("DELETE FROM main._honker_live WHERE id = 7"), "");
}

TEST_F(QueryPlans, NoStatementOfTheLibraryWalksOrSorts) {
  const std::set<std::string> statements = StatementsOfTheLibrary();
  EXPECT_GE(statements.size(), 30U) << "the search has gone blind";
  for (const bool analysed : {false, true}) {
    if (analysed) db_.Run("ANALYZE");
    for (const std::string& sql : statements) EXPECT_EQ(Faults(sql), "") << sql;
  }
}

int Remember(unsigned, void* seen, void* statement, void*) {
  const std::string sql = sqlite3_sql(static_cast<sqlite3_stmt*>(statement));
  // What makes a call atomic writes to a table that holds nothing (core/sql/atomic.h).
  if (sql.find(kOurTable) != std::string::npos && sql.find("_honker_atomic") == std::string::npos) {
    static_cast<std::set<std::string>*>(seen)->insert(Statement(sql));
  }
  return 0;
}

TEST_F(QueryPlans, WhatFunctionsRunIsInTheLibrary) {
  std::set<std::string> seen;
  sqlite3_trace_v2(db_.db(), SQLITE_TRACE_STMT, Remember, &seen);
  for (const char* call : {"notify('c', 'p')",
                           "honker_enqueue('q', 'p', NULL, 5, 0, 3, 60)",
                           "honker_claim_batch('q', 'v', 3, 60)",
                           "honker_ack(2, 'w')",
                           "honker_ack_batch('[4]', 'w')",
                           "honker_retry(6, 'w', 5, 'e')",
                           "honker_fail(8, 'w', 'e')",
                           "honker_heartbeat(10, 'w', 50)",
                           "honker_cancel(12)",
                           "honker_get_job(14)",
                           "honker_queue_next_claim_at('q')",
                           "honker_sweep_expired('q')",
                           "honker_lock_acquire('l', 'o', 5)",
                           "honker_lock_renew('l', 'o', 5)",
                           "honker_lock_release('l', 'o')",
                           "honker_rate_limit_try('r', 5, 60)",
                           "honker_rate_limit_sweep(0)",
                           "honker_result_save(1, 'v', 5)",
                           "honker_result_get(1)",
                           "honker_result_sweep()"}) {
    db_.Run("SELECT " + std::string(call));
  }
  sqlite3_trace_v2(db_.db(), 0, nullptr, nullptr);
  EXPECT_GE(seen.size(), 25U);
  const std::set<std::string> statements = StatementsOfTheLibrary();
  for (const std::string& sql : seen) EXPECT_TRUE(statements.contains(sql)) << sql;
}

}  // namespace
}  // namespace honker
