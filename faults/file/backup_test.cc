// Restores through SQLite's backup API, and copies that keep the change counter: they fire on real
// databases, and a refused or failed call changes nothing.

#include "faults/file/backup.h"

#include <sqlite3.h>

#include <cerrno>

#include "faults/file/copy_over.h"
#include "faults/file/test_files.h"

namespace faults {
namespace {

class Database {
 public:
  explicit Database(const std::string& path) {
    EXPECT_EQ(sqlite3_open(path.c_str(), &db_), SQLITE_OK);
  }
  ~Database() { sqlite3_close(db_); }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void Do(const std::string& sql) {
    char* message = nullptr;
    EXPECT_EQ(sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, &message), SQLITE_OK)
        << sql << ": " << (message ? message : "");
    sqlite3_free(message);
  }
  std::string Ask(const std::string& sql) {
    std::string text;
    const auto take = [](void* out, int, char** values, char**) {
      *static_cast<std::string*>(out) += values[0] ? values[0] : "NULL";
      return 0;
    };
    EXPECT_EQ(sqlite3_exec(db_, sql.c_str(), take, &text, nullptr), SQLITE_OK)
        << sqlite3_errmsg(db_);
    return text;
  }

 private:
  sqlite3* db_ = nullptr;
};

class BackupTest : public testing::ScratchTest {
 protected:
  std::string MakeDatabase(const std::string& name, const std::string& content,
                           const std::string& journal = "DELETE") {
    Database db(In(name));
    db.Do("PRAGMA journal_mode=" + journal);
    db.Do("CREATE TABLE t(x); INSERT INTO t VALUES('" + content + "')");
    return In(name);
  }
  static std::string ContentOfDatabase(const std::string& path) {
    return Database(path).Ask("SELECT x FROM t");
  }
};

TEST_F(BackupTest, RestoreInPlaceIsACommitThatLiveConnectionsSee) {
  for (const char* journal : {"delete", "truncate", "persist", "wal"}) {
    SCOPED_TRACE(journal);
    const std::string name = std::string("live-") + journal + ".db";
    const std::string live = MakeDatabase(name, "live", journal);
    const std::string source = MakeDatabase("source-" + name, "restored");
    Database reader(live);
    reader.Do("PRAGMA journal_mode=" + std::string(journal));
    const std::string version = reader.Ask("PRAGMA data_version");
    const auto outcome = BackupRestore({.database = live, .source = source});
    ASSERT_TRUE(outcome.ok()) << outcome.Message();
    EXPECT_FALSE(outcome.value().Replaced());
    EXPECT_EQ(reader.Ask("SELECT x FROM t"), "restored");
    EXPECT_NE(reader.Ask("PRAGMA data_version"), version);
    EXPECT_EQ(reader.Ask("PRAGMA journal_mode"), journal);
    EXPECT_EQ(Database(live).Ask("PRAGMA journal_mode") == "wal", journal == std::string("wal"))
        << "the mode that the file says stays";
    EXPECT_EQ(ContentOfDatabase(source), "restored");
  }
}

TEST_F(BackupTest, RestoreHonoursALock) {
  const std::string live = MakeDatabase("live.db", "live");
  const std::string source = MakeDatabase("source.db", "restored");
  Database writer(live);
  writer.Do("BEGIN IMMEDIATE");
  const auto outcome = BackupRestore({.database = live, .source = source, .busy_ms = 1});
  ASSERT_FALSE(outcome.ok());
  EXPECT_NE(outcome.Message().find("database is locked"), std::string::npos) << outcome.Message();
  writer.Do("COMMIT");
  EXPECT_EQ(ContentOfDatabase(live), "live");
}

TEST_F(BackupTest, SwapPutsAWholeNewFileInPlace) {
  for (const char* journal : {"delete", "wal"}) {
    SCOPED_TRACE(journal);
    const std::string name = std::string("live-") + journal + ".db";
    const std::string live = MakeDatabase(name, "live", journal);
    const std::string source = MakeDatabase("source-" + name, "restored", journal);
    const size_t files = FileCount();
    const auto outcome = BackupSwap({.database = live, .source = source});
    ASSERT_TRUE(outcome.ok()) << outcome.Message();
    EXPECT_TRUE(outcome.value().Replaced());
    EXPECT_EQ(ContentOfDatabase(live), "restored");
    EXPECT_EQ(FileCount(), files) << "NAME.tmp and its sidecars are gone";
  }
}

TEST_F(BackupTest, WhatIsRefusedChangesNothing) {
  const std::string live = MakeDatabase("live.db", "live");
  const std::string source = MakeDatabase("source.db", "restored");
  const FileIdentity before = Identity(live);
  EXPECT_EQ(BackupRestore({.database = live, .source = In("none.db")}).error().error, ENOENT);
  EXPECT_EQ(BackupRestore({.database = In("none.db"), .source = source}).error().error, ENOENT);
  EXPECT_EQ(BackupSwap({.database = live, .source = In("none.db")}).error().error, ENOENT);
  EXPECT_EQ(BackupSwap({.database = In("none.db"), .source = source}).error().error, ENOENT);
  const std::string text = Make("notes.txt", std::string(5000, 'x'));
  const auto not_a_database = BackupSwap({.database = live, .source = text});
  ASSERT_FALSE(not_a_database.ok());
  EXPECT_NE(not_a_database.Message().find("not a database"), std::string::npos)
      << not_a_database.Message();
  EXPECT_EQ(FileCount(), 3u) << "NAME.tmp does not stay behind";
  (void)Make("live.db.tmp", "somebody else's");
  EXPECT_EQ(BackupSwap({.database = live, .source = source}).error().error, EEXIST);
  EXPECT_EQ(ContentOf(In("live.db.tmp")), "somebody else's");
  EXPECT_TRUE(Identity(live).SameFile(before));
  EXPECT_EQ(ContentOfDatabase(live), "live");
}

// What the fault is for: outside WAL a connection trusts its cache as long as the counter is the
// same.
TEST_F(BackupTest, ACopyWithTheSameCounterDeceivesAConnection) {
  for (const bool same_counter : {false, true}) {
    SCOPED_TRACE(same_counter);
    const std::string name = same_counter ? "same.db" : "other.db";
    const std::string live = MakeDatabase(name, "live");
    const std::string source = MakeDatabase("source-" + name, "diverged");
    Database(live).Do("UPDATE t SET x = 'later'");  // the counters differ by nature now
    Database reader(live);
    EXPECT_EQ(reader.Ask("SELECT x FROM t"), "later");
    const std::string version = reader.Ask("PRAGMA data_version");
    const auto outcome =
        CopyOver({.database = live, .content = source, .same_counter = same_counter});
    ASSERT_TRUE(outcome.ok()) << outcome.Message();
    EXPECT_EQ(reader.Ask("PRAGMA data_version") == version, same_counter);
    EXPECT_EQ(reader.Ask("SELECT x FROM t"), same_counter ? "later" : "diverged");
    EXPECT_EQ(ContentOfDatabase(live), "diverged");
    EXPECT_EQ(ContentOfDatabase(source), "diverged");
  }
}

TEST_F(BackupTest, OnlyADatabaseHasACounter) {
  const std::string live = MakeDatabase("live.db", "live");
  const std::string text = Make("notes.txt", "no database");
  const auto outcome = CopyOver({.database = live, .content = text, .same_counter = true});
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().path, text);
  EXPECT_EQ(ContentOfDatabase(live), "live");
  EXPECT_EQ(FileCount(), 2u);
}

}  // namespace
}  // namespace faults
