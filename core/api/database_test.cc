// Opening, refusing, transactions and SQL of the application.
#include <pthread.h>

#include <filesystem>
#include <fstream>
#include <latch>
#include <thread>

#include "core/api/testing.h"
#include "core/testing/watching.h"

namespace honker {
namespace {

using testing::ApiTest;
using ::testing::HasSubstr;
using testing::Must;
using testing::Scratch;

using DatabaseTest = ApiTest;

TEST_F(DatabaseTest, OpenSetsWalNormalAndTheTables) {
  EXPECT_EQ(Ask("PRAGMA journal_mode"), "wal");
  const std::vector<Row> rows = Must(db().Query("PRAGMA synchronous"));
  EXPECT_EQ(std::get<int64_t>(rows[0][0]), 1);
  EXPECT_EQ(Ask("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name LIKE '_honker%'"),
            "9");
  EXPECT_EQ(db().path(), scratch_.Path("a.db"));
}

TEST_F(DatabaseTest, MemoryIsRefusedInEverySpellingAndLeavesNoFile) {
  const Scratch scratch;
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(scratch.Path(""));
  for (const char* path :
       {"", ":memory:", "file::memory:", "file::memory:?cache=shared", "file:%3Amemory%3A",
        "file:a.db?mode=memory", "file:a.db?cache=shared&mode=memory", "file:/a.db?vfs=memdb",
        "file:a.db?vfs=memdb", "file:"}) {
    const Result<Database> db = Database::Open(path);
    ASSERT_FALSE(db.ok()) << path;
    EXPECT_EQ(db.error().code, kNotADatabaseFile) << path << ": " << db.error().message;
  }
  EXPECT_TRUE(std::filesystem::is_empty(scratch.Path("")));
  // A URI of a file is none of these.
  Database db = Must(Database::Open("file:b%20c.db?mode=rwc"));
  EXPECT_EQ(std::filesystem::path(db.path()).filename(), "b c.db");
  EXPECT_TRUE(db.WatchUpdates().ok());
  std::filesystem::current_path(before);
}

TEST_F(DatabaseTest, WhatIsNoDatabaseIsAnErrorThatNamesIt) {
  const std::string path = scratch_.Path("text");
  std::ofstream(path) << std::string(4096, 'x');
  const Result<Database> text = Database::Open(path);
  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.error().code & 0xFF, SQLITE_NOTADB);
  EXPECT_THAT(text.error().message, HasSubstr(path));

  const Result<Database> missing = Database::Open(scratch_.Path("no/such/folder.db"));
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code & 0xFF, SQLITE_CANTOPEN);

  const Result<Database> read_only = Database::Open("file:" + db().path() + "?mode=ro");
  ASSERT_FALSE(read_only.ok());
  EXPECT_EQ(read_only.error().code, SQLITE_READONLY);
}

TEST_F(DatabaseTest, ALockedFileIsWaitedForAndThenAnError) {
  const std::string path = scratch_.Path("locked.db");
  testing::Database other(path, testing::Database::kPlain);
  other.Run("BEGIN EXCLUSIVE");
  const Result<Database> db = Database::Open(path, {.busy_timeout = std::chrono::milliseconds(30)});
  ASSERT_FALSE(db.ok());
  EXPECT_EQ(db.error().code & 0xFF, SQLITE_BUSY);
}

// Another's write transaction on a file that is not WAL yet: here SQLite answers BUSY at once,
// without the busy handler. The writer goes on only when the opener has been turned away and slept.
TEST_F(DatabaseTest, TheConversionToWalIsTriedUntilTheBusyTimeout) {
  const std::string path = scratch_.Path("rollback.db");
  testing::Database writer(path, testing::Database::kPlain);
  writer.Run("CREATE TABLE t(x); BEGIN IMMEDIATE");
  std::latch named(1);
  std::jthread opener([&] {
    pthread_setname_np(pthread_self(), "api-opener");
    named.count_down();
    const Result<Database> db = Database::Open(path, {.busy_timeout = testing::kLimit});
    EXPECT_TRUE(db.ok()) << db.error().message;
  });
  named.wait();
  testing::WaitForLooks("api-opener", 20);
  writer.Run("COMMIT");
}

TEST_F(DatabaseTest, ATransactionIsAllOrNothing) {
  ASSERT_TRUE(db().Execute("CREATE TABLE t(x)").ok());
  {
    Transaction transaction = Must(db().Begin());
    ASSERT_TRUE(db().Execute("INSERT INTO t VALUES (?1)", {int64_t{1}}).ok());
    ASSERT_TRUE(Queue(db(), "q").Enqueue("p").ok());
  }  // rolled back
  EXPECT_EQ(Ask("SELECT (SELECT count(*) FROM t) + (SELECT count(*) FROM _honker_live)"), "0");
  {
    Transaction transaction = Must(db().Begin());
    ASSERT_TRUE(db().Execute("INSERT INTO t VALUES (?1)", {"x"}).ok());
    Transaction moved = std::move(transaction);
    EXPECT_TRUE(moved.Commit().ok());
    EXPECT_EQ(moved.Commit().error().code, SQLITE_MISUSE);
  }
  EXPECT_EQ(Ask("SELECT count(*) FROM t"), "1");
  EXPECT_EQ(sqlite3_get_autocommit(db().handle()), 1);
}

TEST_F(DatabaseTest, ATransactionThatSqliteHasRolledBackDoesNotCommit) {
  ASSERT_TRUE(db().Execute("CREATE TABLE t(x UNIQUE ON CONFLICT ROLLBACK)").ok());
  ASSERT_TRUE(db().Execute("INSERT INTO t VALUES (1)").ok());
  Transaction transaction = Must(db().Begin());
  ASSERT_TRUE(db().Execute("INSERT INTO t VALUES (2)").ok());
  EXPECT_EQ(db().Execute("INSERT INTO t VALUES (1)").error().code & 0xFF, SQLITE_CONSTRAINT);
  EXPECT_EQ(transaction.Commit().error().code, SQLITE_ABORT_ROLLBACK);
  EXPECT_EQ(Ask("SELECT group_concat(x) FROM t"), "1");
}

TEST_F(DatabaseTest, BeginEndsAtItsDeadlineAndWhenItIsStopped) {
  Database other = Another();
  Transaction holder = Must(other.Begin());
  const Result<Transaction> late = db().Begin(std::chrono::milliseconds(20));
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().code & 0xFF, SQLITE_BUSY);

  std::stop_source stop;
  std::jthread stopper([&stop] { stop.request_stop(); });
  const Result<Transaction> stopped = db().Begin(std::chrono::hours(1), stop.get_token());
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code, SQLITE_INTERRUPT);
  ASSERT_TRUE(holder.Rollback().ok());
  EXPECT_TRUE(db().Begin(std::chrono::milliseconds::max()).ok());
}

TEST_F(DatabaseTest, SqlOfTheApplication) {
  using namespace std::string_literals;
  const std::vector<Row> rows = Must(
      db().Query("SELECT ?1, ?2, ?3, ?4, x'6162'", {int64_t{-1}, 1.5, "a\0b"s, std::monostate()}));
  const Row expected{int64_t{-1}, 1.5, "a\0b"s, std::monostate(), "ab"};
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0], expected);
  EXPECT_EQ(db().Execute("SELECT 1; SELECT 2").error().code, SQLITE_MISUSE);
  EXPECT_EQ(db().Execute("  ").error().code, SQLITE_MISUSE);
  EXPECT_EQ(db().Execute("SELECT 1", {int64_t{1}}).error().code, SQLITE_MISUSE);
  EXPECT_EQ(db().Execute("nonsense").error().code, SQLITE_ERROR);
}

TEST_F(DatabaseTest, AnAttachedConnectionStaysTheOwners) {
  const std::string path = scratch_.Path("orm.db");
  testing::Database orm(path, testing::Database::kPlain);
  orm.Run("PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL");
  {
    Database db = Must(Database::Attach(orm.db()));
    EXPECT_TRUE(db.Bootstrap().ok());
    orm.Run("BEGIN");
    ASSERT_TRUE(Queue(db, "q").Enqueue("p").ok());
    orm.Run("ROLLBACK");
    ASSERT_TRUE(Queue(db, "q").Enqueue("kept").ok());
    EXPECT_EQ(db.OpenAnother().error().code, SQLITE_MISUSE);
  }
  EXPECT_EQ(orm.Ask("PRAGMA journal_mode"), "delete");
  EXPECT_EQ(orm.Ask("PRAGMA synchronous"), "2");
  EXPECT_EQ(orm.Ask("SELECT group_concat(payload) FROM _honker_live"), "kept");
  EXPECT_EQ(orm.Close(), SQLITE_OK);
  testing::Database memory(":memory:", testing::Database::kPlain);
  EXPECT_EQ(Database::Attach(memory.db()).error().code, kNotADatabaseFile);
}

TEST_F(DatabaseTest, TheWatcherIsTheOneOfTheOptions) {
  for (const char* backend : {"polling", "kernel", "shm", "verified"}) {
    Database db = Must(Database::Open(scratch_.Path("a.db"), {.watcher_backend = backend}));
    UpdateEvents events = Must(Must(db.OpenAnother()).WatchUpdates());
    Must(Queue(db, "q").Enqueue("p"));
    EXPECT_EQ(Must(events.Wait(testing::kLimit)), Wake::kUpdate) << backend;
  }
  Database db = Must(Database::Open(scratch_.Path("a.db"), {.watcher_backend = "nonsense"}));
  EXPECT_FALSE(Queue(db, "q").Claim().ok());
}

// The extension in the same process, and even in the same connection, as another copy of the code.
TEST_F(DatabaseTest, TheExtensionBesideTheLibrary) {
  testing::Database loaded(db().path());
  loaded.Run("SELECT honker_enqueue('q', 'from the extension', NULL, NULL, 0, 3, NULL)");
  EXPECT_EQ(Must(Must(Queue(db(), "q").ClaimBatch()).at(0).Ack()), true);

  ASSERT_EQ(testing::LoadExtension(db().handle()), "");
  EXPECT_TRUE(Queue(db(), "q").Enqueue("p").ok());
  EXPECT_EQ(Must(Queue(db(), "q").ClaimBatch()).at(0).payload(), "p");
  UpdateEvents events = Must(db().WatchUpdates());
  loaded.Run("SELECT honker_update_watcher_open('" + db().path() + "', NULL)");
  loaded.Run("SELECT notify('c', 'p')");
  EXPECT_EQ(Must(events.Wait(testing::kLimit)), Wake::kUpdate);
  loaded.Run("SELECT honker_update_watcher_close(1)");
}

}  // namespace
}  // namespace honker
