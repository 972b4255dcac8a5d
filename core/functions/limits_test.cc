// honker_rate_limit_try and honker_rate_limit_sweep, rule by rule. The clock stands still, in the
// first second of a window of 60 seconds and of 100,000,000.
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
using testing::kNow;
using testing::Scratch;
using testing::SetClock;
using namespace std::string_literals;

class Limits : public ::testing::Test {
 protected:
  Limits() { db_.Run("SELECT honker_bootstrap()"); }

  std::string Try(const char* limit, const char* per = "100000000", const char* name = "r") {
    return db_.Ask("SELECT honker_rate_limit_try('" + std::string(name) + "', " + limit + ", " +
                   per + ")");
  }
  // The answers of several tries, one after the other.
  std::string Tries(int count, const char* limit, const char* per) {
    std::string answers;
    for (int i = 0; i < count; ++i) answers += Try(limit, per);
    return answers;
  }
  std::string Sweep(const char* older_than_s) {
    return db_.Ask("SELECT honker_rate_limit_sweep(" + std::string(older_than_s) + ")");
  }
  // A window that began `began` seconds ago and is `length` long.
  void Add(const std::string& name, const std::string& began, const std::string& length) {
    db_.Run("INSERT INTO _honker_rate_limits VALUES ('" + name + "', unixepoch() - " + began +
            ", 1, " + length + ")");
  }
  std::string Names() {
    return db_.Ask(
        "SELECT ifnull(group_concat(name, ' '), '') FROM (SELECT name FROM _honker_rate_limits "
        "ORDER BY name)");
  }

  Scratch scratch_;
  Database db_{scratch_.Path("a.db"), Database::kLoaded, Database::kReadWrite, FixedClockVfs()};
};

TEST_F(Limits, GrantsUpToTheLimitAndCountsOnlyGrants) {
  EXPECT_EQ(Tries(4, "2", "100000000"), "1100");
  EXPECT_EQ(db_.Ask("SELECT name, window_start - unixepoch() / 100000000 * 100000000, count, "
                    "window_s FROM _honker_rate_limits"),
            "r|0|2|100000000");
  EXPECT_EQ(Try("3"), "1");
  EXPECT_EQ(Try("1"), "0");
  EXPECT_EQ(Try("1", "100000000", "other"), "1");
}

TEST_F(Limits, ANewWindowCountsAnew) {
  EXPECT_EQ(Tries(2, "1", "60"), "10");
  SetClock(kNow + 59);
  EXPECT_EQ(Try("1", "60"), "0");
  EXPECT_EQ(Sweep("0"), "0") << "active in its last second";
  SetClock(kNow + 60);
  EXPECT_EQ(Tries(2, "1", "60"), "10");
  EXPECT_EQ(Sweep("60"), "0");
  EXPECT_EQ(Sweep("59"), "1");
  SetClock(kNow);
}

TEST_F(Limits, AWindowLongerThanTimeBeginsAtZero) {
  EXPECT_EQ(Tries(2, "1", "9223372036854775807"), "10");
  EXPECT_EQ(db_.Ask("SELECT window_start, window_s FROM _honker_rate_limits"),
            "0|9223372036854775807");
  EXPECT_EQ(Sweep("0"), "0");
}

TEST_F(Limits, WhatMakesNoSenseIsRefused) {
  for (const char* value : {"0", "-1", "-9223372036854775808"}) {
    const std::string bad = value;
    EXPECT_THAT(db_.Try("SELECT honker_rate_limit_try('r', " + bad + ", 1)"),
                HasSubstr("honker_rate_limit_try: argument 2 (limit) must be greater than 0"));
    EXPECT_THAT(db_.Try("SELECT honker_rate_limit_try('r', 1, " + bad + ")"),
                HasSubstr("honker_rate_limit_try: argument 3 (per) must be greater than 0"));
  }
  EXPECT_THAT(db_.Try("SELECT honker_rate_limit_sweep(-1)"),
              HasSubstr("honker_rate_limit_sweep: argument 1 (older_than_s) must not be negative"));
  EXPECT_EQ(Names(), "");
}

TEST_F(Limits, SweepTakesWhatIsOverAndOldEnough) {
  Add("active", "500", "1000");
  Add("ends later", "1000", "1060");
  Add("just over", "1000", "1000");
  Add("young", "100", "10");
  Add("younger", "5", "1");
  EXPECT_EQ(Sweep("9223372036854775807"), "0");
  EXPECT_EQ(Sweep("1500"), "0");
  EXPECT_EQ(Sweep("60"), "2");
  EXPECT_EQ(Names(), "active ends later younger");
  EXPECT_EQ(Sweep("0"), "1");
  EXPECT_EQ(Names(), "active ends later");
}

TEST_F(Limits, NeverMoreThanTheLimitWhateverIsSwept) {
  EXPECT_EQ(Try("1"), "1");
  EXPECT_EQ(Sweep("0"), "0");
  EXPECT_EQ(Try("1"), "0");
}

// Another honker writes no length.
TEST_F(Limits, AWindowOfUnknownLengthIsOverWhenALaterOneHasBegun) {
  db_.Run(
      "INSERT INTO _honker_rate_limits (name, window_start, count) VALUES "
      "('r', unixepoch() - 300, 1), ('r', unixepoch() - 200, 1), ('r', unixepoch() - 100, 1), "
      "('s', unixepoch() - 900, 1), ('t', unixepoch() - 900, 1), ('t', unixepoch() + 900, 1)");
  EXPECT_EQ(Sweep("250"), "1");
  EXPECT_EQ(Sweep("0"), "1");
  EXPECT_EQ(Names(), "r s t t");
}

TEST_F(Limits, ATryLearnsTheLengthAndKeepsTheLongest) {
  db_.Run(
      "INSERT INTO _honker_rate_limits (name, window_start, count) VALUES "
      "('r', unixepoch() / 100000000 * 100000000, 1)");
  EXPECT_EQ(Try("2"), "1");
  EXPECT_EQ(db_.Ask("SELECT count, window_s FROM _honker_rate_limits"), "2|100000000");
  db_.Run("UPDATE _honker_rate_limits SET window_s = 300000000");
  EXPECT_EQ(Try("3"), "1");
  EXPECT_EQ(db_.Ask("SELECT count, window_s FROM _honker_rate_limits"), "3|300000000");
}

TEST_F(Limits, ARowThatCannotBeReadIsReported) {
  EXPECT_EQ(Try("1"), "1");
  for (const char* count : {"'many'", "x'ff'", "0.5"}) {
    db_.Run("UPDATE _honker_rate_limits SET count = " + std::string(count));
    EXPECT_THAT(db_.Try("SELECT honker_rate_limit_try('r', 5, 100000000)"),
                HasSubstr("honker_rate_limit_try: the row of this window is unreadable"));
  }
  EXPECT_EQ(Try("1", "100000000", "other"), "1");
}

TEST_F(Limits, AnyTextIsAName) {
  for (const std::string& text : {""s, "a"s, "a\0b\0"s, "a\0b"s, "ö€😀'\"\n"s}) {
    EXPECT_EQ(AskWithText(db_.db(), "SELECT honker_rate_limit_try(?1, 1, 100000000)", {text}), "1");
    EXPECT_EQ(AskWithText(db_.db(), "SELECT honker_rate_limit_try(?1, 1, 100000000)", {text}), "0");
  }
}

TEST_F(Limits, AnOlderTableSaysWhatToDoAndIsBroughtUpToDate) {
  db_.Run(
      "DROP TABLE _honker_rate_limits; CREATE TABLE _honker_rate_limits (name TEXT NOT NULL, "
      "window_start INTEGER NOT NULL, count INTEGER NOT NULL DEFAULT 0, "
      "PRIMARY KEY (name, window_start)); INSERT INTO _honker_rate_limits VALUES ('r', 0, 1)");
  for (const char* call : {"honker_rate_limit_try('r', 1, 5)", "honker_rate_limit_sweep(0)"}) {
    EXPECT_THAT(db_.Try("SELECT " + std::string(call)), HasSubstr("SELECT honker_bootstrap()"));
  }
  db_.Run("SELECT honker_bootstrap()");
  EXPECT_EQ(Try("1", "5"), "1");
  EXPECT_EQ(Sweep("0"), "1");
}

}  // namespace
}  // namespace honker
