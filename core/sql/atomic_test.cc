// All or nothing, in every context an SQL function can be called from.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/testing/interrupter.h"
#include "core/testing/scratch.h"

namespace honker {
namespace {

using testing::Database;
using ::testing::HasSubstr;
using testing::Interrupter;
using testing::Scratch;

constexpr char kClaim[] = "honker_claim_batch('q', 'w', 10, 60)";

constexpr char kAfter[] =
    "live|2|processing|w|1\nlive|3|processing|w|1\ndead|1|max attempts exceeded|0|0";

// One way of calling a function; "%" stands for the call.
constexpr const char* kContexts[] = {
    "SELECT %",
    "SELECT % FROM (SELECT 1)",
    "SELECT % FROM other",
    "INSERT INTO other SELECT %",
    "INSERT INTO other VALUES (%)",
    "INSERT INTO other VALUES (7) RETURNING %",
    "UPDATE other SET a = %",
    "DELETE FROM other WHERE a = %",
    "INSERT INTO fires VALUES (1)",  // a trigger calls it
    "CREATE TEMP TABLE made AS SELECT %",
    "WITH c AS MATERIALIZED (SELECT %) SELECT * FROM c",
};

std::string InContext(const std::string& context) {
  const size_t at = context.find('%');
  return at == std::string::npos ? context
                                 : context.substr(0, at) + kClaim + context.substr(at + 1);
}

class Atomic : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    db_.Run("PRAGMA journal_mode = WAL");
    db_.Run(
        "SELECT honker_bootstrap(); CREATE TABLE other(a); INSERT INTO other VALUES (0);"
        "CREATE TABLE fires(a);"
        "CREATE TRIGGER firing AFTER INSERT ON fires BEGIN INSERT INTO other VALUES (" +
        std::string(kClaim) + "); END");
    Populate();
  }

  // One job that has no attempts left (goes to the dead letters first), then good ones.
  void Populate() {
    db_.Run(
        "DROP TABLE IF EXISTS temp.made; DELETE FROM other; INSERT INTO other VALUES (0);"
        "DELETE FROM _honker_dead; DELETE FROM _honker_live;"
        "INSERT INTO _honker_live (id, queue, payload, max_attempts) VALUES "
        "(1, 'q', 'spent', 0), (2, 'q', 'one', 3), (3, 'q', 'two', 3)");
  }

  // The last update of a claim fails after everything before it was written.
  void PlantFailure() {
    db_.Run(
        "CREATE TRIGGER boom BEFORE UPDATE ON _honker_live WHEN old.payload = 'two' "
        "BEGIN SELECT RAISE(ABORT, 'boom'); END");
  }
  std::string State(Database& db) {
    return db.Ask(
        "SELECT 'live', id, state, worker_id, attempts FROM _honker_live UNION ALL "
        "SELECT 'dead', id, last_error, 0, 0 FROM _honker_dead UNION ALL "
        "SELECT 'other', a, 0, 0, 0 FROM other WHERE a = 'mine'");
  }
  // No lock of ours is left: another connection can write at once.
  void ExpectUnlocked() {
    EXPECT_EQ(sqlite3_txn_state(db_.db(), nullptr), SQLITE_TXN_NONE);
    Database second(scratch_.Path("a.db"), Database::kPlain);
    sqlite3_busy_timeout(second.db(), 0);
    EXPECT_EQ(second.Try("BEGIN IMMEDIATE; COMMIT"), "");
  }

  Scratch scratch_;
  Database db_{scratch_.Path("a.db")};
};

TEST_P(Atomic, WorksInAutocommit) {
  db_.Run(InContext(GetParam()));
  EXPECT_EQ(State(db_), kAfter);
  ExpectUnlocked();
}

TEST_P(Atomic, WorksInATransactionAndRollsBackWithIt) {
  const std::string before = State(db_);
  db_.Run("BEGIN");
  db_.Run(InContext(GetParam()));
  EXPECT_THAT(State(db_), HasSubstr("live|3|processing|w|1"));
  db_.Run("ROLLBACK");
  EXPECT_EQ(State(db_), before);
}

TEST_P(Atomic, AnErrorLeavesNothingBehindInAutocommit) {
  PlantFailure();
  const std::string before = State(db_);
  EXPECT_THAT(db_.Try(InContext(GetParam())), HasSubstr("boom"));
  EXPECT_NE(sqlite3_get_autocommit(db_.db()), 0);
  EXPECT_EQ(State(db_), before);
  ExpectUnlocked();
}

TEST_P(Atomic, AnErrorInATransactionUndoesTheCallOnly) {
  PlantFailure();
  db_.Run("BEGIN; INSERT INTO other VALUES ('mine')");
  const std::string before = State(db_);
  EXPECT_THAT(db_.Try(InContext(GetParam())), HasSubstr("boom"));
  EXPECT_EQ(sqlite3_get_autocommit(db_.db()), 0);
  EXPECT_EQ(State(db_), before);
  db_.Run("COMMIT");
  EXPECT_EQ(State(db_), before);
  ExpectUnlocked();
}

// A SELECT in autocommit may be interrupted after the call has committed and returned: then all of
// it is there. Everywhere else an interrupted statement leaves nothing.
TEST_P(Atomic, AnInterruptAtAnyMomentLeavesNoTransactionAndNoHalf) {
  const std::string before = State(db_);
  for (const bool in_transaction : {false, true}) {
    bool through = false;
    int undone = 0;
    for (int nth = 1; !through; ++nth) {
      ASSERT_LT(nth, 100'000);
      if (in_transaction) db_.Run("BEGIN");
      std::string problem;
      {
        const Interrupter interrupter(db_.db(), nth);
        problem = db_.Try(InContext(GetParam()));
        through = !interrupter.fired();
      }
      const std::string after = State(db_);
      if (in_transaction) {
        // Either SQLite has rolled the transaction back already, or it is the caller's as before.
        if (sqlite3_get_autocommit(db_.db()) == 0) db_.Run("ROLLBACK");
      } else {
        ASSERT_EQ(sqlite3_txn_state(db_.db(), nullptr), SQLITE_TXN_NONE) << nth;
      }
      ASSERT_NE(sqlite3_get_autocommit(db_.db()), 0) << nth;
      if (after == before) {
        ++undone;
      } else {
        ASSERT_EQ(after, kAfter) << nth << " " << problem;
      }
      Populate();
    }
    EXPECT_GT(undone, 100);
    ExpectUnlocked();
  }
}

INSTANTIATE_TEST_SUITE_P(Contexts, Atomic, ::testing::ValuesIn(kContexts));

TEST(AtomicTable, HoldsNothingAndCannotBeWritten) {
  Scratch scratch;
  Database db(scratch.Path("a.db"));
  EXPECT_EQ(db.Ask("SELECT count(*) FROM _honker_atomic"), "0");
  EXPECT_THAT(db.Try("INSERT INTO _honker_atomic(unused) SELECT 1"), HasSubstr("a part of honker"));
  EXPECT_EQ(db.Close(), SQLITE_OK);
}

TEST(AtomicBusy, KeepsItsCodeAndLeavesNothing) {
  Scratch scratch;
  Database db(scratch.Path("a.db"));
  db.Run("SELECT honker_bootstrap(); SELECT honker_enqueue('q','p',NULL,NULL,0,3,NULL)");
  Database other(scratch.Path("a.db"));
  other.Run("BEGIN IMMEDIATE");
  sqlite3_busy_timeout(db.db(), 0);
  EXPECT_THAT(db.Try("SELECT honker_claim_batch('q','w',1,5)"), HasSubstr("database is locked"));
  EXPECT_EQ(db.result_code(), SQLITE_BUSY);
  EXPECT_EQ(sqlite3_txn_state(db.db(), nullptr), SQLITE_TXN_NONE);
  other.Run("ROLLBACK");
  EXPECT_THAT(db.Ask("SELECT honker_claim_batch('q','w',1,5)"), HasSubstr("\"id\":1"));
}

}  // namespace
}  // namespace honker
