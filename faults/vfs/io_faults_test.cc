// io_error, short_io, delay and deny_lock on real statements: each fires, is silent when off, and
// the program sees what SQLite's own VFS would have made of a real error.

#include <sqlite3.h>

#include <cerrno>
#include <chrono>

#include "faults/vfs/shim_fixture.h"

namespace faults::vfs {
namespace {

class IoFaultsTest : public testing::ShimTest {
 protected:
  void SetUp() override {
    ShimTest::SetUp();
    db_ = Open("app.db");
    ASSERT_EQ(Value(db_, "CREATE TABLE t(x)"), "");
  }
  void TearDown() override {
    Disarm();
    sqlite3_close(db_);
    ShimTest::TearDown();
  }
  void Wal() {
    ASSERT_EQ(Value(db_, "PRAGMA journal_mode=WAL"), "wal");
    ASSERT_EQ(Value(db_, "PRAGMA synchronous=FULL"), "");
    ASSERT_EQ(Insert(), SQLITE_OK);
  }
  // Arms `text` and forgets how often anything was struck before.
  void Arm(const std::string& text) {
    ASSERT_EQ(Value(loading_, "SELECT fault_arm('" + text + "')"), "1");
    fired_before_ = std::stoi(Value(loading_, "SELECT fault_fired()"));
  }
  static void Disarm() { (void)Value(loading_, "SELECT fault_disarm()"); }
  int Fired() const { return std::stoi(Value(loading_, "SELECT fault_fired()")) - fired_before_; }

  int Insert() { return Run(db_, "INSERT INTO t VALUES(randomblob(100))"); }
  // The extended result code.
  static int Run(sqlite3* db, const std::string& sql) {
    (void)sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr);
    return sqlite3_extended_errcode(db);
  }
  std::string Rows() { return Value(db_, "SELECT count(*) FROM t"); }

  sqlite3* db_ = nullptr;
  int fired_before_ = 0;
};

TEST_F(IoFaultsTest, TheSecondSyncOfTheWalFailsOnce) {
  Wal();
  Arm("io_error * at=vfs.sync.wal nth=2 once");
  EXPECT_EQ(Insert(), SQLITE_OK);
  EXPECT_EQ(Insert(), SQLITE_IOERR_FSYNC);
  EXPECT_EQ(Insert(), SQLITE_OK);
  EXPECT_EQ(Fired(), 1);
  EXPECT_EQ(Value(db_, "PRAGMA integrity_check"), "ok");
}

TEST_F(IoFaultsTest, AlwaysIsUntilDisarmed) {
  Wal();
  Arm("io_error * at=vfs.write.wal error=ENOSPC always");
  EXPECT_EQ(Insert(), SQLITE_FULL);
  EXPECT_EQ(Insert(), SQLITE_FULL);
  EXPECT_EQ(Rows(), "1") << "reading goes on";
  Disarm();
  EXPECT_EQ(Insert(), SQLITE_OK);
  EXPECT_EQ(Fired(), 2);
  EXPECT_EQ(Rows(), "2");
}

TEST_F(IoFaultsTest, SilentWhenItIsForAnotherCallFileOrPath) {
  Wal();
  Arm("io_error * at=vfs.sync.journal always");
  Arm("io_error * at=vfs.*.wal path=*/other.db-wal always");
  Arm("io_error * at=vfs.write.wal detail=7+7 always");
  EXPECT_EQ(Insert(), SQLITE_OK);
  EXPECT_EQ(Fired(), 0);
}

TEST_F(IoFaultsTest, AfterTheCallItsWorkIsDone) {
  Wal();
  Arm("io_error * at=vfs.sync.wal when=after once");
  EXPECT_EQ(Insert(), SQLITE_IOERR_FSYNC);
  EXPECT_EQ(Fired(), 1);
  Disarm();
  ASSERT_EQ(Value(db_, "PRAGMA journal_mode=DELETE"), "delete");
  // The commit point of DELETE mode is passed, and COMMIT reports an error all the same.
  const int rows = std::stoi(Rows());
  Arm("io_error * at=vfs.delete.journal when=after once");
  EXPECT_EQ(Insert(), SQLITE_IOERR_DIR_FSYNC);
  EXPECT_EQ(Fired(), 1);
  EXPECT_FALSE(std::filesystem::exists(In("app.db-journal")));
  EXPECT_EQ(Rows(), std::to_string(rows + 1)) << "in doubt, and this time it happened";
}

TEST_F(IoFaultsTest, AnOpenThatFailsLeavesNothingOpen) {
  Arm("io_error * at=vfs.open.journal error=EMFILE once");
  EXPECT_EQ(Insert(), SQLITE_CANTOPEN);
  EXPECT_EQ(Fired(), 1);
  EXPECT_EQ(Insert(), SQLITE_OK);
  Arm("io_error * at=vfs.open.db error=ENFILE once");
  sqlite3* other = nullptr;
  EXPECT_EQ(sqlite3_open(In("other.db").c_str(), &other), SQLITE_CANTOPEN);
  EXPECT_EQ(sqlite3_system_errno(other), ENFILE);
  sqlite3_close(other);
  EXPECT_FALSE(std::filesystem::exists(In("other.db")));
}

TEST_F(IoFaultsTest, AShortReadIsZeroFilled) {
  sqlite3_file* file = FileOf(db_);
  ASSERT_EQ(file->pMethods->xLock(file, SQLITE_LOCK_SHARED), SQLITE_OK);
  Arm("short_io * at=vfs.read.db bytes=16 always");
  std::string buffer(100, 'x');
  EXPECT_EQ(file->pMethods->xRead(file, buffer.data(), 100, 0), SQLITE_IOERR_SHORT_READ);
  EXPECT_EQ(buffer.substr(0, 16), std::string("SQLite format 3\0", 16));
  EXPECT_EQ(buffer.substr(16), std::string(84, '\0'));
  Disarm();
  EXPECT_EQ(file->pMethods->xRead(file, buffer.data(), 100, 0), SQLITE_OK);
  EXPECT_NE(buffer.substr(16), std::string(84, '\0'));
  EXPECT_EQ(Fired(), 1);
  file->pMethods->xUnlock(file, SQLITE_LOCK_NONE);
}

TEST_F(IoFaultsTest, AShortWriteWritesItsPart) {
  Wal();
  const auto size = std::filesystem::file_size(In("app.db-wal"));
  Arm("short_io * at=vfs.write.wal bytes=10 once");
  EXPECT_EQ(Insert(), SQLITE_FULL);
  EXPECT_EQ(std::filesystem::file_size(In("app.db-wal")), size + 10);
  EXPECT_EQ(Fired(), 1);
  EXPECT_EQ(Insert(), SQLITE_OK);
  EXPECT_EQ(Rows(), "2");
  EXPECT_EQ(Value(db_, "PRAGMA integrity_check"), "ok");
  Arm("short_io * at=vfs.write.wal error=EIO once");
  EXPECT_EQ(Insert(), SQLITE_IOERR_WRITE);
}

TEST_F(IoFaultsTest, ADeniedLockIsBusy) {
  Arm("deny_lock * at=vfs.lock.db detail=reserved once");
  EXPECT_EQ(Insert(), SQLITE_BUSY);
  EXPECT_EQ(Insert(), SQLITE_OK);
  EXPECT_EQ(Fired(), 1);
  Disarm();
  Wal();
  Arm("deny_lock * at=vfs.lock.shm detail=write:exclusive always");
  EXPECT_EQ(Insert(), SQLITE_BUSY);
  EXPECT_EQ(Insert(), SQLITE_BUSY);
  EXPECT_EQ(Rows(), "2") << "readers take another slot";
  Disarm();
  EXPECT_EQ(Insert(), SQLITE_OK);
}

TEST_F(IoFaultsTest, ADelayTakesAtLeastItsTime) {
  Wal();
  Arm("delay * at=vfs.sync.wal for_ms=50 once");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(Insert(), SQLITE_OK);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(50));
  EXPECT_EQ(Fired(), 1);
  EXPECT_EQ(Insert(), SQLITE_OK);
  EXPECT_EQ(Fired(), 1);
}

TEST_F(IoFaultsTest, AMappingThatFailsIsReadInstead) {
  Wal();
  ASSERT_EQ(Value(db_, "PRAGMA wal_checkpoint(TRUNCATE)"), "0");
  sqlite3* mapped = Open("app.db");
  ASSERT_EQ(Value(mapped, "PRAGMA mmap_size=1000000"), "1000000");
  Arm("io_error * at=vfs.fetch.db error=ENOMEM always");
  EXPECT_EQ(Value(mapped, "SELECT count(*) FROM t"), "1");
  EXPECT_GT(Fired(), 0);
  sqlite3_close(mapped);
}

// A lock that somebody holds, and a time-out of an hour: with hurry the answer comes; that it comes
// at all is the test.
TEST_F(IoFaultsTest, InAHurryAWaitIsOverAtOnceAndAnywhereElseItIsNot) {
  sqlite3* other = Open("app.db");
  ASSERT_EQ(Run(other, "BEGIN IMMEDIATE"), SQLITE_OK);
  Arm("hurry *");
  sqlite3_busy_timeout(db_, 3'600'000);
  EXPECT_EQ(Insert(), SQLITE_BUSY);
  Disarm();
  sqlite3_busy_timeout(db_, 50);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(Insert(), SQLITE_BUSY);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(40));
  sqlite3_close(other);
}

TEST_F(IoFaultsTest, BadTextsAreRefusedBySql) {
  EXPECT_EQ(Value(loading_, "SELECT fault_arm(1)"),
            "error: fault_arm(): argument 1 (text) must be TEXT");
  EXPECT_EQ(Value(loading_, "SELECT fault_arm('io_error * at=vfs.sync.wal')").substr(0, 19),
            "error: fault_arm():");
  EXPECT_EQ(Value(loading_, "SELECT fault_arm('')"), "0");
}

}  // namespace
}  // namespace faults::vfs
