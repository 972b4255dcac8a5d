// A call's moment is that of SQL unixepoch(), whichever clock the VFS of the connection has.
#include <gtest/gtest.h>

#include "core/testing/scratch.h"

namespace honker::testing {
namespace {

int64_t julian_ms = 0;
int clock_code = SQLITE_OK;

int JulianMs(sqlite3_vfs*, sqlite3_int64* ms) {
  *ms = julian_ms;
  return clock_code;
}

int JulianDays(sqlite3_vfs*, double* days) {
  *days = static_cast<double>(julian_ms) / 86'400'000.0;
  return clock_code;
}

// The default VFS with that clock; version 1 has the one in days only.
const char* Clock(sqlite3_vfs& vfs, const char* name, int version) {
  vfs = *sqlite3_vfs_find(nullptr);
  vfs.zName = name;
  vfs.pNext = nullptr;
  vfs.iVersion = version;
  vfs.xCurrentTime = JulianDays;
  vfs.xCurrentTimeInt64 = JulianMs;
  if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK) std::abort();
  return name;
}

const char* ClockOf(int version) {
  static sqlite3_vfs old_vfs;
  static sqlite3_vfs new_vfs;
  static const char* const old_name = Clock(old_vfs, "clock in days", 1);
  static const char* const new_name = Clock(new_vfs, "clock in milliseconds", 2);
  return version == 1 ? old_name : new_name;
}

class ClockOfTheVfs : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    clock_code = SQLITE_OK;
    julian_ms = 212'500'000'000'000;
    db_.Run("SELECT honker_bootstrap()");
  }
  std::string Enqueue() {
    return db_.Try("SELECT honker_enqueue('q', 'p', NULL, NULL, 0, 3, NULL)");
  }

  Scratch scratch_;
  Database db_{scratch_.Path("a.db"), Database::kLoaded, Database::kReadWrite, ClockOf(GetParam())};
};

TEST_P(ClockOfTheVfs, IsReadAsUnixepochReadsIt) {
  for (const int64_t ms : {int64_t{1}, int64_t{210'866'759'999'999}, int64_t{210'866'760'000'000},
                           int64_t{212'500'000'000'999}, int64_t{464'269'060'799'999}}) {
    julian_ms = ms;
    EXPECT_EQ(Enqueue(), "") << ms;
    EXPECT_EQ(db_.Ask("SELECT created_at - unixepoch() FROM _honker_live ORDER BY id DESC LIMIT 1"),
              "0")
        << ms;
  }
}

TEST_P(ClockOfTheVfs, ThatCannotBeReadIsAnErrorAndNothingIsEnqueued) {
  clock_code = SQLITE_ERROR;
  EXPECT_NE(Enqueue().find("the clock of the connection's VFS cannot be read"), std::string::npos);
  clock_code = SQLITE_OK;
  for (const int64_t ms : {int64_t{-1}, int64_t{0}, int64_t{464'269'060'800'000}}) {
    julian_ms = ms;
    EXPECT_NE(Enqueue(), "") << ms;
  }
  EXPECT_EQ(db_.Ask("SELECT count(*) FROM _honker_live"), "0");
}

INSTANTIATE_TEST_SUITE_P(Version, ClockOfTheVfs, ::testing::Values(1, 2));

}  // namespace
}  // namespace honker::testing
