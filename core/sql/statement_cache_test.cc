// Statements that stay prepared between calls, seen from the application: what sqlite3_next_stmt()
// shows, and what happens when it closes, finalizes, changes the schema or calls from a trigger.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "core/testing/scratch.h"

namespace honker {
namespace {

using testing::Database;
using ::testing::HasSubstr;
using testing::Scratch;

constexpr char kJob[] = "SELECT honker_enqueue('q', 'p', NULL, NULL, 0, 3, NULL)";
constexpr char kClaim[] = "SELECT honker_claim_batch('q', 'w', 2, 60)";

class StatementCache : public ::testing::Test {
 protected:
  StatementCache() { db_.Run("SELECT honker_bootstrap()"); }

  std::vector<sqlite3_stmt*> Idle(const std::string& with = "") {
    std::vector<sqlite3_stmt*> all;
    for (sqlite3_stmt* one = nullptr; (one = sqlite3_next_stmt(db_.db(), one)) != nullptr;) {
      if (std::string(sqlite3_sql(one)).find(with) != std::string::npos) all.push_back(one);
    }
    return all;
  }
  // As some applications do before they close.
  void FinalizeEverything() {
    while (sqlite3_stmt* one = sqlite3_next_stmt(db_.db(), nullptr)) sqlite3_finalize(one);
  }
  void CallEverything() {
    db_.Run(kJob);
    EXPECT_THAT(db_.Ask(kClaim), HasSubstr("\"payload\":\"p\""));
    db_.Run(
        "SELECT notify('c', 'p'), honker_ack(1, 'w'), honker_queue_next_claim_at('q'), "
        "honker_bootstrap()");
  }
  void ExpectNothingHeld() {
    EXPECT_EQ(sqlite3_txn_state(db_.db(), nullptr), SQLITE_TXN_NONE);
    for (sqlite3_stmt* one : Idle()) EXPECT_EQ(sqlite3_stmt_busy(one), 0) << sqlite3_sql(one);
  }

  Scratch scratch_;
  Database db_{scratch_.Path("a.db")};
};

TEST_F(StatementCache, PreparesEachStatementOnce) {
  for (int i = 0; i < 10; ++i) db_.Run(kJob);
  ASSERT_EQ(Idle("INTO main._honker_live").size(), 1U);
  EXPECT_EQ(sqlite3_stmt_status(Idle("INTO main._honker_live").front(), SQLITE_STMTSTATUS_RUN, 0),
            10);
  CallEverything();
  const std::vector<sqlite3_stmt*> once = Idle();
  for (int i = 0; i < 3; ++i) CallEverything();
  EXPECT_THAT(Idle(), ::testing::UnorderedElementsAreArray(once));
  ExpectNothingHeld();
}

TEST_F(StatementCache, DoesNotKeepTheArguments) {
  db_.Run("SELECT honker_enqueue('q', 'secret', NULL, NULL, 0, 3, NULL)");
  db_.Run("SELECT honker_claim_batch('q', 'secret', 1, 60)");
  for (sqlite3_stmt* one : Idle()) {
    char* with_values = sqlite3_expanded_sql(one);
    EXPECT_EQ(std::string(with_values).find("secret"), std::string::npos) << with_values;
    sqlite3_free(with_values);
  }
}

TEST_F(StatementCache, LetsTheConnectionBeClosed) {
  CallEverything();
  EXPECT_EQ(db_.Close(), SQLITE_OK);
}

TEST_F(StatementCache, WorksOnAfterACloseThatWasRefused) {
  for (int i = 0; i < 3; ++i) {
    CallEverything();
    sqlite3_stmt* own = nullptr;
    ASSERT_EQ(sqlite3_prepare_v2(db_.db(), "SELECT 1", -1, &own, nullptr), SQLITE_OK);
    EXPECT_EQ(db_.Close(), SQLITE_BUSY);
    EXPECT_THAT(Idle(), ::testing::ElementsAre(own));
    CallEverything();
    sqlite3_finalize(own);
  }
  EXPECT_EQ(db_.Close(), SQLITE_OK);
}

TEST_F(StatementCache, IsGoneBeforeAZombieIs) {
  Database db(scratch_.Path("b.db"));
  db.Run("SELECT honker_bootstrap(); SELECT notify('c', 'p')");
  sqlite3_stmt* own = nullptr;
  ASSERT_EQ(sqlite3_prepare_v2(db.db(), "SELECT notify('c', 'p')", -1, &own, nullptr), SQLITE_OK);
  ASSERT_EQ(sqlite3_close_v2(db.db()), SQLITE_OK);
  EXPECT_NE(sqlite3_step(own), SQLITE_ROW);  // SQLite prepares nothing on it any more
  EXPECT_EQ(sqlite3_finalize(own), SQLITE_MISUSE);
  db.Forget();
}

TEST_F(StatementCache, SurvivesAnApplicationThatFinalizesEverything) {
  CallEverything();
  FinalizeEverything();
  CallEverything();
  FinalizeEverything();
  FinalizeEverything();
  CallEverything();
  EXPECT_EQ(db_.Close(), SQLITE_OK);
}

TEST_F(StatementCache, IsClosedAfterEverythingWasFinalized) {
  CallEverything();
  FinalizeEverything();
  EXPECT_EQ(db_.Close(), SQLITE_OK);
}

// Its own statements, which may lie where ours were.
TEST_F(StatementCache, TakesNoStatementOfTheApplication) {
  CallEverything();
  const std::vector<sqlite3_stmt*> ours = Idle();
  FinalizeEverything();
  std::vector<sqlite3_stmt*> own;
  for (size_t i = 0; i < 2 * ours.size(); ++i) {
    sqlite3_stmt* one = nullptr;
    ASSERT_EQ(sqlite3_prepare_v3(db_.db(), "SELECT 1 UNION ALL SELECT 2", -1,
                                 SQLITE_PREPARE_PERSISTENT, &one, nullptr),
              SQLITE_OK);
    ASSERT_EQ(sqlite3_step(one), SQLITE_ROW);
    own.push_back(one);
  }
  db_.Run("SELECT notify('c', 'p')");
  for (sqlite3_stmt* one : own) {
    ASSERT_EQ(sqlite3_step(one), SQLITE_ROW);
    EXPECT_EQ(sqlite3_column_int(one, 0), 2);
    sqlite3_finalize(one);
  }
  EXPECT_EQ(db_.Close(), SQLITE_OK);
}

TEST_F(StatementCache, SurvivesClearedBindings) {
  CallEverything();
  for (sqlite3_stmt* one : Idle()) sqlite3_clear_bindings(one);
  CallEverything();
  EXPECT_EQ(db_.Close(), SQLITE_OK);
}

TEST_F(StatementCache, HoldsTheSameSqlSeveralTimesAtOnce) {
  db_.Run(
      "PRAGMA recursive_triggers = ON;"
      "CREATE TRIGGER again AFTER INSERT ON _honker_live WHEN new.priority < 100 BEGIN "
      "SELECT honker_enqueue('r', new.payload || '.', NULL, NULL, new.priority + 1, 3, NULL); END");
  EXPECT_EQ(db_.Ask(kJob), "1");
  EXPECT_EQ(db_.AskInt("SELECT count(DISTINCT payload) FROM _honker_live"), 101);
  EXPECT_LE(Idle().size(), 65U);
  ExpectNothingHeld();
  CallEverything();
  EXPECT_EQ(db_.Close(), SQLITE_OK);
}

TEST_F(StatementCache, FollowsTheSchema) {
  Database other(scratch_.Path("a.db"), Database::kPlain);
  CallEverything();
  for (const char* sql :
       {"CREATE INDEX more ON _honker_live (payload)", "ALTER TABLE _honker_live ADD COLUMN extra",
        "DROP INDEX more", "VACUUM", "PRAGMA journal_mode = WAL"}) {
    SCOPED_TRACE(sql);
    other.Run(sql);
    CallEverything();
    db_.Run(sql[0] == 'C' || sql[0] == 'D' || sql[0] == 'A' ? "CREATE TABLE IF NOT EXISTS x(a)"
                                                            : sql);
    CallEverything();
  }
  db_.Run("DROP TABLE _honker_live");
  EXPECT_THAT(db_.Try(kJob), HasSubstr("honker_bootstrap"));
  db_.Run("SELECT honker_bootstrap()");
  CallEverything();
}

TEST_F(StatementCache, HoldsNothingAfterAnError) {
  CallEverything();
  db_.Run(
      "CREATE TRIGGER boom BEFORE UPDATE ON _honker_live BEGIN SELECT RAISE(ABORT, 'boom'); END;"
      "CREATE TRIGGER bang BEFORE INSERT ON _honker_live WHEN new.payload = 'bang' "
      "BEGIN SELECT RAISE(ABORT, 'bang'); END");
  db_.Run(kJob);
  EXPECT_THAT(db_.Try(kClaim), HasSubstr("boom"));
  ExpectNothingHeld();
  EXPECT_THAT(db_.Try("SELECT honker_enqueue('q', 'bang', NULL, NULL, 0, 3, NULL)"),
              HasSubstr("bang"));
  ExpectNothingHeld();
  db_.Run("DROP TRIGGER boom");
  CallEverything();
}

TEST_F(StatementCache, ObeysWhatTheApplicationSetsLater) {
  CallEverything();
  db_.Run("PRAGMA query_only = ON");
  EXPECT_THAT(db_.Try(kJob), HasSubstr("readonly"));
  db_.Run("PRAGMA query_only = OFF");
  CallEverything();
  const auto deny_inserts = [](void*, int action, const char*, const char*, const char*,
                               const char*) {
    return action == SQLITE_INSERT ? SQLITE_DENY : SQLITE_OK;
  };
  sqlite3_set_authorizer(db_.db(), deny_inserts, nullptr);
  EXPECT_THAT(db_.Try(kJob), HasSubstr("not authorized"));
  EXPECT_EQ(db_.Ask("SELECT honker_ack(7, 'w')"), "0");
  sqlite3_set_authorizer(db_.db(), nullptr, nullptr);
  CallEverything();
  EXPECT_EQ(db_.Close(), SQLITE_OK);
}

TEST_F(StatementCache, ServesThreadsThatShareTheConnection) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      for (int call = 0; call < 100; ++call) {
        char* error = nullptr;
        EXPECT_EQ(sqlite3_exec(db_.db(), kJob, nullptr, nullptr, &error), SQLITE_OK) << error;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(db_.AskInt("SELECT count(*) FROM _honker_live"), 400);
  EXPECT_EQ(db_.Close(), SQLITE_OK);
}

// A connection may come to lie where another was a moment ago, opened by another thread.
TEST_F(StatementCache, IsNotMixedUpWhereConnectionsComeAndGo) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      for (int opened = 0; opened < 25; ++opened) {
        Database db(scratch_.Path("a.db"));
        db.Run("SELECT notify('c', 'p'); SELECT notify('c', 'p')");
        EXPECT_EQ(db.Close(), SQLITE_OK);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(db_.AskInt("SELECT count(*) FROM _honker_notifications"), 200);
}

// Where the close would not be told of, nothing is kept: a table of the application hides ours.
TEST(StatementCacheHidden, WorksWithoutKeepingAnything) {
  Scratch scratch;
  Database db(scratch.Path("a.db"), Database::kPlain);
  db.Run("CREATE TABLE _honker_statements(a)");
  ASSERT_EQ(testing::LoadExtension(db.db()), "");
  db.Run("SELECT honker_bootstrap()");
  for (const char* id : {"1", "2"}) {
    db.Run(kJob);
    EXPECT_THAT(db.Ask(kClaim), HasSubstr(std::string("\"id\":") + id));
  }
  EXPECT_EQ(sqlite3_next_stmt(db.db(), nullptr), nullptr);
  EXPECT_EQ(db.Close(), SQLITE_OK);
}

TEST(StatementCacheHidden, AnAuthorizerThatForbidsOurTableDoesNotKeepTheConnectionOpen) {
  Scratch scratch;
  Database db(scratch.Path("a.db"), Database::kPlain);
  const auto deny_ours = [](void*, int action, const char* table, const char*, const char*,
                            const char*) {
    return action == SQLITE_READ && std::string(table) == "_honker_statements" ? SQLITE_DENY
                                                                               : SQLITE_OK;
  };
  sqlite3_set_authorizer(db.db(), deny_ours, nullptr);
  ASSERT_EQ(testing::LoadExtension(db.db()), "");
  db.Run("SELECT honker_bootstrap()");
  db.Run(kJob);
  EXPECT_THAT(db.Ask(kClaim), HasSubstr("\"id\":1"));
  EXPECT_EQ(db.Close(), SQLITE_OK);
}

// SQLite drops them at the next time something is prepared: in the middle of a call.
TEST_F(StatementCache, LeavesWithTheModulesDuringACall) {
  db_.Run(kJob);
  sqlite3_stmt* claim = nullptr;
  ASSERT_EQ(sqlite3_prepare_v2(db_.db(), kClaim, -1, &claim, nullptr), SQLITE_OK);
  ASSERT_EQ(sqlite3_drop_modules(db_.db(), nullptr), SQLITE_OK);
  (void)sqlite3_step(claim);
  sqlite3_finalize(claim);
  EXPECT_THAT(Idle(), ::testing::IsEmpty());
  EXPECT_EQ(db_.Close(), SQLITE_OK);
}

TEST_F(StatementCache, LeavesWithTheModules) {
  CallEverything();
  ASSERT_EQ(sqlite3_drop_modules(db_.db(), nullptr), SQLITE_OK);
  db_.Run(kJob);
  EXPECT_THAT(Idle(), ::testing::IsEmpty());
  EXPECT_EQ(testing::LoadExtension(db_.db()), "");
  CallEverything();
  EXPECT_EQ(db_.Close(), SQLITE_OK);
}

}  // namespace
}  // namespace honker
