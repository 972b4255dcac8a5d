// Loading, honker_bootstrap(), and closing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "core/testing/interrupter.h"
#include "core/testing/scratch.h"

namespace honker {
namespace {

using testing::Database;
using ::testing::HasSubstr;
using testing::Interrupter;
using testing::LoadExtension;
using testing::Scratch;

class Layout : public ::testing::Test {
 protected:
  Scratch scratch_;
  std::string path_ = scratch_.Path("a.db");
};

std::string Schema(Database& db) {
  return db.Ask(
      "SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_schema WHERE name LIKE "
      "'\\_honker%' "
      "ESCAPE '\\' ORDER BY name)");
}

constexpr char kEverything[] =
    "_honker_dead _honker_live _honker_live_claim _honker_live_exhausted "
    "_honker_live_pending_deadline _honker_live_pending_expiry _honker_live_pending_order "
    "_honker_live_processing_again _honker_live_processing_deadline _honker_locks "
    "_honker_notifications "
    "_honker_notifications_recent _honker_rate_limits _honker_rate_limits_start _honker_results "
    "_honker_results_expiry _honker_scheduler_due _honker_scheduler_tasks "
    "_honker_scheduler_zone _honker_stream "
    "_honker_stream_consumers "
    "_honker_stream_topic";

TEST_F(Layout, LoadingMakesTheNotificationsOnly) {
  Database db(path_);
  EXPECT_EQ(Schema(db), "_honker_notifications _honker_notifications_recent");
  EXPECT_EQ(LoadExtension(db.db()), "") << "loading again";
}

TEST_F(Layout, BootstrapMakesEverythingAndThenNothing) {
  Database db(path_);
  EXPECT_EQ(db.Ask("SELECT honker_bootstrap()"), "1");
  EXPECT_EQ(Schema(db), kEverything);
  EXPECT_EQ(db.Ask("SELECT \"offset\", \"key\", topic, payload, created_at FROM _honker_stream"),
            "");
  Database observer(path_, Database::kPlain);
  const std::string version = observer.Ask("PRAGMA data_version");
  EXPECT_EQ(db.Ask("SELECT honker_bootstrap()"), "1");
  EXPECT_EQ(observer.Ask("PRAGMA data_version"), version) << "nothing was written";
}

TEST_F(Layout, DefaultsAreThoseOfTheLayout) {
  Database db(path_);
  db.Run(
      "SELECT honker_bootstrap(); INSERT INTO _honker_live(queue, payload) VALUES ('q', 'p');"
      "INSERT INTO _honker_scheduler_tasks(name, queue, cron_expr, payload, next_fire_at) VALUES "
      "('n', 'q', '* * * * *', 'p', 1)");
  EXPECT_EQ(db.Ask("SELECT id, state, priority, run_at - unixepoch(), worker_id, claim_expires_at, "
                   "attempts, "
                   "max_attempts, created_at - unixepoch(), expires_at FROM _honker_live"),
            "1|pending|0|0|NULL|NULL|0|3|0|NULL");
  EXPECT_EQ(
      db.Ask("SELECT priority, expires_s, enabled, max_attempts FROM _honker_scheduler_tasks"),
      "0|NULL|1|3");
}

TEST_F(Layout, OlderFilesGetTheirMissingColumns) {
  {
    Database old(path_, Database::kPlain);
    old.Run(
        "CREATE TABLE _honker_live (id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, "
        "payload TEXT NOT "
        "NULL, state TEXT NOT NULL DEFAULT 'pending', Priority INTEGER NOT NULL DEFAULT 0, run_at "
        "INTEGER NOT "
        "NULL DEFAULT 0, extra TEXT DEFAULT 'kept');"
        "INSERT INTO _honker_live(queue, payload) VALUES ('q', 'p');"
        "CREATE TABLE _honker_results (job_id INTEGER PRIMARY KEY, value TEXT)");
  }
  Database db(path_);
  db.Run("SELECT honker_bootstrap()");
  EXPECT_EQ(Schema(db), kEverything);
  EXPECT_EQ(
      db.Ask("SELECT id, extra, attempts, max_attempts, worker_id, expires_at FROM _honker_live"),
      "1|kept|0|3|NULL|NULL");
  EXPECT_THAT(db.Ask("SELECT honker_claim_batch('q', 'w', 1, 5)"), HasSubstr("\"payload\":\"p\""));
}

TEST_F(Layout, ATableOfSomebodyElseIsRefusedAndNothingIsMade) {
  Database db(path_);
  db.Run("CREATE TABLE _honker_locks (something)");
  const std::string before = Schema(db);
  EXPECT_THAT(db.Try("SELECT honker_bootstrap()"),
              HasSubstr("honker_bootstrap: the table _honker_locks has no column name"));
  EXPECT_EQ(Schema(db), before);
}

TEST_F(Layout, AnErrorInTheMiddleLeavesNothing) {
  for (const bool in_transaction : {false, true}) {
    Database db(scratch_.Path(in_transaction ? "t.db" : "a.db"));
    // An index cannot be made on a view; the tables before it can.
    db.Run(
        "CREATE VIEW _honker_stream AS SELECT 1 AS offset, 2 AS topic, 3 AS key, 4 AS payload, 5 "
        "AS created_at");
    const std::string before = Schema(db);
    if (in_transaction) db.Run("BEGIN; CREATE TABLE mine(a)");
    EXPECT_THAT(db.Try("SELECT honker_bootstrap()"), HasSubstr("views may not be indexed"));
    EXPECT_EQ(Schema(db), before);
    EXPECT_THAT(db.Try("SELECT * FROM _honker_live"), HasSubstr("no such table"));
    if (in_transaction) db.Run("COMMIT; SELECT * FROM mine");
    EXPECT_EQ(db.Ask("PRAGMA integrity_check"), "ok");
  }
}

TEST_F(Layout, BecomesPartOfTheCallersTransaction) {
  Database db(path_);
  const std::string before = Schema(db);
  db.Run("BEGIN; SELECT honker_bootstrap()");
  EXPECT_EQ(Schema(db), kEverything);
  db.Run("SELECT honker_enqueue('q', 'p', NULL, NULL, 0, 3, NULL); ROLLBACK");
  EXPECT_EQ(Schema(db), before);
  db.Run("BEGIN; SELECT honker_bootstrap(); COMMIT");
  EXPECT_EQ(Schema(db), kEverything);
}

TEST_F(Layout, InsideAWritingStatementItIsRefused) {
  Database db(path_);
  db.Run("CREATE TABLE t(a)");
  for (const char* begin : {"", "BEGIN"}) {
    db.Run(begin);
    EXPECT_THAT(db.Try("INSERT INTO t SELECT honker_bootstrap()"),
                HasSubstr("inside a statement that writes"));
    if (*begin != '\0') db.Run("ROLLBACK");
    EXPECT_EQ(db.AskInt("SELECT count(*) FROM t"), 0);
  }
}

TEST_F(Layout, AnInterruptLeavesNoTransactionAndNoHalf) {
  for (const char* begin : {"", "BEGIN"}) {
    int undone = 0;
    for (int nth = 1;; nth += 7) {
      Database db(":memory:");
      const std::string before = Schema(db);
      db.Run(begin);
      std::string problem;
      {
        const Interrupter interrupter(db.db(), nth);
        problem = db.Try("SELECT honker_bootstrap()");
        if (!interrupter.fired()) break;
      }
      if (problem.empty()) continue;  // asked while preparing: without effect
      ASSERT_TRUE(*begin != '\0' || sqlite3_get_autocommit(db.db()) != 0) << nth;
      const std::string after = Schema(db);
      ASSERT_TRUE(after == before || after == kEverything) << nth << " " << after;
      if (after == before) ++undone;
      if (sqlite3_get_autocommit(db.db()) == 0) db.Run("ROLLBACK");
    }
    EXPECT_GT(undone, 100);
  }
}

TEST_F(Layout, ReadOnlyAndLockedFilesLoadWhereTheTableIsThere) {
  { Database(path_).Run("PRAGMA journal_mode = WAL; SELECT honker_bootstrap()"); }
  Database writer(path_, Database::kPlain);
  writer.Run("BEGIN IMMEDIATE");
  Database reader(path_, Database::kPlain, SQLITE_OPEN_READONLY);
  sqlite3_busy_timeout(reader.db(), 0);
  EXPECT_EQ(LoadExtension(reader.db()), "");
  EXPECT_EQ(reader.Ask("SELECT honker_bootstrap()"), "1");
  EXPECT_EQ(reader.Ask("SELECT honker_queue_next_claim_at('q')"), "0");
  EXPECT_THAT(reader.Try("SELECT notify('c', 'p')"),
              HasSubstr("notify: attempt to write a readonly database"));
  EXPECT_EQ(reader.result_code(), SQLITE_READONLY);
}

TEST_F(Layout, WhereItIsNotThereTheErrorIsClear) {
  Database plain(path_, Database::kPlain);
  plain.Run("CREATE TABLE t(a)");
  Database reader(path_, Database::kPlain, SQLITE_OPEN_READONLY);
  EXPECT_THAT(
      LoadExtension(reader.db()),
      HasSubstr(
          "_honker_notifications is not there and cannot be created: attempt to write a readonly"));
  plain.Run("BEGIN IMMEDIATE");
  Database other(path_, Database::kPlain);
  sqlite3_busy_timeout(other.db(), 0);
  EXPECT_THAT(LoadExtension(other.db()), HasSubstr("cannot be created: database is locked"));
  plain.Run("ROLLBACK");
  EXPECT_EQ(LoadExtension(other.db()), "");
}

TEST_F(Layout, LoadingInsideSql) {
  Database db(path_, Database::kPlain);
  sqlite3_db_config(db.db(), SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, nullptr);
  sqlite3_enable_load_extension(db.db(), 1);
  db.Run("BEGIN");
  db.Run(std::string("SELECT load_extension('") + testing::ExtensionPath() + "')");
  db.Run("SELECT notify('c', 'p'); COMMIT");
  EXPECT_EQ(db.AskInt("SELECT count(*) FROM _honker_notifications"), 1);
}

TEST_F(Layout, PlainCloseWorksWhateverWasCalled) {
  Database db(path_);
  db.Run(
      "SELECT honker_bootstrap(); SELECT notify('c', 'p'); SELECT "
      "honker_enqueue('q','p',NULL,NULL,0,3,NULL);"
      "SELECT honker_claim_batch('q','w',1,5); SELECT honker_ack(1,'w'); SELECT "
      "honker_queue_next_claim_at('q')");
  sqlite3_stmt* open = nullptr;
  ASSERT_EQ(sqlite3_prepare_v2(db.db(), "SELECT 1", -1, &open, nullptr), SQLITE_OK);
  EXPECT_EQ(db.Close(), SQLITE_BUSY);
  sqlite3_finalize(open);
  db.Run("SELECT honker_claim_batch('q','w',1,5)");  // after a refused close it goes on
  EXPECT_EQ(db.Close(), SQLITE_OK);
}

TEST_F(Layout, WorksInEveryJournalMode) {
  for (const char* mode : {"DELETE", "TRUNCATE", "PERSIST", "WAL", "MEMORY", "OFF"}) {
    Database db(scratch_.Path(std::string(mode) + ".db"));
    db.Run(std::string("PRAGMA journal_mode = ") + mode);
    db.Run("SELECT honker_bootstrap(); SELECT honker_enqueue('q','p',NULL,NULL,0,3,NULL)");
    EXPECT_THAT(db.Ask("SELECT honker_claim_batch('q', 'w', 1, 60)"), HasSubstr("\"id\":1"))
        << mode;
    EXPECT_EQ(db.Ask("SELECT honker_ack(1, 'w')"), "1") << mode;
  }
}

}  // namespace
}  // namespace honker
