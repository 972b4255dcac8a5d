// The time that SQLite tells, moved: through the shim, on the connection that loaded it, and on one
// that was there before.

#include "faults/clock.h"
#include "faults/vfs/shim_fixture.h"

namespace faults::vfs {
namespace {

class VfsClockTest : public testing::ShimTest {
 protected:
  void SetUp() override {
    ShimTest::SetUp();
    db_ = Open("app.db");
  }
  void TearDown() override {
    // The next test has the real time again.
    (void)Value(loading_, "SELECT fault_clock_resume()");
    (void)Value(loading_, "SELECT fault_disarm()");
    (void)Value(loading_, "SELECT fault_clock_step(" + std::to_string(Real() - Unix()) + ")");
    sqlite3_close(db_);
    ShimTest::TearDown();
  }
  // time(2) may lag behind what SQLite asks by a tick.
  static int64_t Real() { return RealTimeMs() / 1000; }
  int64_t Unix() { return std::stoll(Value(db_, "SELECT unixepoch()")); }

  sqlite3* db_ = nullptr;
};

TEST_F(VfsClockTest, UntouchedItIsTheRealTime) {
  const int64_t before = Real();
  const int64_t now = Unix();
  EXPECT_GE(now, before);
  EXPECT_LE(now, Real());
}

TEST_F(VfsClockTest, StandsAndSteps) {
  EXPECT_EQ(Value(loading_, "SELECT fault_clock_freeze(1000000000)"), "1000000000");
  sqlite3* plain = Open("app.db", "unix");
  sqlite3* memory = nullptr;
  ASSERT_EQ(sqlite3_open(":memory:", &memory), SQLITE_OK);
  for (sqlite3* db : {db_, loading_, plain, memory}) {
    EXPECT_EQ(Value(db, "SELECT unixepoch()"), "1000000000");
    EXPECT_EQ(Value(db, "SELECT datetime('now')"), "2001-09-09 01:46:40");
    EXPECT_EQ(Value(db, "SELECT CURRENT_TIMESTAMP"), "2001-09-09 01:46:40");
  }
  EXPECT_EQ(Value(loading_, "SELECT fault_clock_step(31)"), "1000000031");
  EXPECT_EQ(Value(loading_, "SELECT fault_clock_step(-1)"), "1000000030");
  for (sqlite3* db : {db_, loading_, plain, memory}) {
    EXPECT_EQ(Value(db, "SELECT unixepoch()"), "1000000030");
  }
  EXPECT_EQ(Value(loading_, "SELECT fault_clock_resume()"), "1000000030");
  EXPECT_GE(Unix(), 1000000030);
  sqlite3_close(plain);
  sqlite3_close(memory);
}

TEST_F(VfsClockTest, AMoveAtACallHappensThere) {
  EXPECT_EQ(Value(db_, "PRAGMA journal_mode=WAL"), "wal");
  EXPECT_EQ(Value(db_, "PRAGMA synchronous=FULL"), "");
  EXPECT_EQ(Value(db_, "CREATE TABLE t(x)"), "");
  (void)Value(loading_, "SELECT fault_clock_freeze(500)");
  EXPECT_EQ(Value(loading_, "SELECT fault_arm('clock_step * at=vfs.sync.wal nth=2 by_s=7')"), "1");
  EXPECT_EQ(Value(db_, "INSERT INTO t VALUES(unixepoch()) RETURNING x"), "500");
  EXPECT_EQ(Unix(), 500);
  EXPECT_EQ(Value(db_, "INSERT INTO t VALUES(unixepoch()) RETURNING x"), "500");
  EXPECT_EQ(Unix(), 507);
}

TEST_F(VfsClockTest, BadArgumentsAreRefusedByName) {
  EXPECT_EQ(Value(loading_, "SELECT fault_clock_step('31')"),
            "error: fault_clock_step(): argument 1 (seconds) must be INTEGER");
  EXPECT_NE(Value(loading_, "SELECT fault_clock_step(9223372036854775807)").find("ten thousand"),
            std::string::npos);
  EXPECT_NE(Value(loading_, "SELECT fault_arm('clock_step *')").find("'by_s' is missing"),
            std::string::npos);
  EXPECT_NE(Value(loading_, "SELECT fault_arm('clock_step * nth=2 by_s=1')").find("no 'at'"),
            std::string::npos);
}

}  // namespace
}  // namespace faults::vfs
