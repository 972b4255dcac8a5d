// honker_lock_acquire, honker_lock_renew and honker_lock_release, rule by rule.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/testing/fixed_clock.h"
#include "core/testing/scratch.h"

namespace honker {
namespace {

using testing::AskWithText;
using testing::Database;
using testing::FixedClockVfs;
using ::testing::HasSubstr;
using testing::Scratch;
using namespace std::string_literals;

class Locks : public ::testing::Test {
 protected:
  Locks() { db_.Run("SELECT honker_bootstrap()"); }

  std::string Acquire(const char* owner, const char* ttl_s = "60") {
    return db_.Ask("SELECT honker_lock_acquire('l', '" + std::string(owner) + "', " + ttl_s + ")");
  }
  std::string Renew(const char* owner, const char* ttl_s = "60") {
    return db_.Ask("SELECT honker_lock_renew('l', '" + std::string(owner) + "', " + ttl_s + ")");
  }
  std::string Release(const char* owner) {
    return db_.Ask("SELECT honker_lock_release('l', '" + std::string(owner) + "')");
  }
  // "owner|seconds left" or "".
  std::string Row() { return db_.Ask("SELECT owner, expires_at - unixepoch() FROM _honker_locks"); }
  void RunOut() { db_.Run("UPDATE _honker_locks SET expires_at = unixepoch()"); }

  Scratch scratch_;
  Database db_{scratch_.Path("a.db"), Database::kLoaded, Database::kReadWrite, FixedClockVfs()};
};

TEST_F(Locks, OneHolderAtATime) {
  EXPECT_EQ(Acquire("a"), "1");
  EXPECT_EQ(Row(), "a|60");
  EXPECT_EQ(Acquire("b"), "0");
  EXPECT_EQ(Acquire("A"), "0") << "names are exact";
  EXPECT_EQ(Acquire("a", "900"), "1");
  EXPECT_EQ(Row(), "a|60") << "asking again does not extend it";
  EXPECT_EQ(db_.Ask("SELECT honker_lock_acquire('other', 'b', 5)"), "1");
}

TEST_F(Locks, ADeadHoldersLockIsFreeAtItsEnd) {
  EXPECT_EQ(Acquire("a"), "1");
  RunOut();
  EXPECT_EQ(Acquire("b", "30"), "1");
  EXPECT_EQ(Row(), "b|30");
  RunOut();
  EXPECT_EQ(Acquire("b", "40"), "1") << "its own, taken anew";
  EXPECT_EQ(Row(), "b|40");
}

TEST_F(Locks, RenewIsForALiveHolder) {
  EXPECT_EQ(Renew("a"), "0");
  EXPECT_EQ(Acquire("a"), "1");
  EXPECT_EQ(Renew("a", "500"), "1");
  EXPECT_EQ(Row(), "a|500");
  EXPECT_EQ(Renew("a", "5"), "1");
  EXPECT_EQ(Row(), "a|5");
  EXPECT_EQ(Renew("b"), "0");
  RunOut();
  EXPECT_EQ(Renew("a"), "0");
  EXPECT_EQ(Renew("b"), "0");
  EXPECT_EQ(Row(), "a|0");
}

TEST_F(Locks, ReleaseIsForTheHolder) {
  EXPECT_EQ(Release("a"), "0");
  EXPECT_EQ(Acquire("a"), "1");
  EXPECT_EQ(Release("b"), "0");
  EXPECT_EQ(Row(), "a|60");
  EXPECT_EQ(Release("a"), "1");
  EXPECT_EQ(Row(), "");
  EXPECT_EQ(Release("a"), "0");
  EXPECT_EQ(Acquire("b"), "1");
}

TEST_F(Locks, ALateReleaseClearsItsOwnRowOnly) {
  EXPECT_EQ(Acquire("a"), "1");
  RunOut();
  EXPECT_EQ(Release("b"), "0");
  EXPECT_EQ(Row(), "a|0");
  EXPECT_EQ(Release("a"), "0");
  EXPECT_EQ(Row(), "");
}

TEST_F(Locks, ATtlIsGreaterThanZeroAndFits) {
  for (const char* name : {"honker_lock_acquire", "honker_lock_renew"}) {
    for (const char* ttl_s : {"0", "-1", "-9223372036854775808"}) {
      EXPECT_THAT(db_.Try("SELECT " + std::string(name) + "('l', 'a', " + ttl_s + ")"),
                  HasSubstr(std::string(name) + ": argument 3 (ttl_s) must be greater than 0"));
    }
    EXPECT_THAT(db_.Try("SELECT " + std::string(name) + "('l', 'a', 9223372036854775807)"),
                HasSubstr(std::string(name) + ": argument 3 (ttl_s) is out of range"));
  }
  EXPECT_EQ(Row(), "");
}

TEST_F(Locks, ARowThatCannotBeReadIsReportedAndLeftAlone) {
  for (const char* row : {"x'00', 9000000000", "'a', 'never'", "'a', x'ff'"}) {
    db_.Run("DELETE FROM _honker_locks; INSERT INTO _honker_locks VALUES ('l', " +
            std::string(row) + ")");
    const std::string before = db_.Ask("SELECT hex(owner), hex(expires_at) FROM _honker_locks");
    for (const char* call : {"honker_lock_acquire('l', 'a', 5)", "honker_lock_renew('l', 'a', 5)",
                             "honker_lock_release('l', 'a')"}) {
      EXPECT_THAT(db_.Try("SELECT " + std::string(call)),
                  HasSubstr("the row of this lock is unreadable"))
          << call << row;
    }
    EXPECT_EQ(db_.Ask("SELECT hex(owner), hex(expires_at) FROM _honker_locks"), before);
    EXPECT_EQ(db_.Ask("SELECT honker_lock_acquire('other', 'a', 5)"), "1");
  }
}

TEST_F(Locks, AnyTextIsAName) {
  for (const std::string& text : {""s, "a"s, "a\0b\0"s, "a\0b"s, "ö€😀'\"\n"s}) {
    EXPECT_EQ(AskWithText(db_.db(), "SELECT honker_lock_acquire(?1, ?1, 60)", {text}), "1");
    EXPECT_EQ(AskWithText(db_.db(), "SELECT honker_lock_acquire(?1, ?1 || 'x', 60)", {text}), "0");
    EXPECT_EQ(AskWithText(db_.db(), "SELECT honker_lock_renew(?1, ?1, 60)", {text}), "1");
  }
  EXPECT_EQ(db_.AskInt("SELECT count(*) FROM _honker_locks"), 5);
}

TEST_F(Locks, LastInsertRowidIsTheApplications) {
  db_.Run("CREATE TABLE orders(id INTEGER PRIMARY KEY); INSERT INTO orders VALUES (42)");
  EXPECT_EQ(Acquire("a"), "1");
  EXPECT_EQ(db_.Ask("SELECT last_insert_rowid()"), "42");
}

}  // namespace
}  // namespace honker
