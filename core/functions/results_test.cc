// honker_result_save, honker_result_get and honker_result_sweep, rule by rule.
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

class Results : public ::testing::Test {
 protected:
  Results() { db_.Run("SELECT honker_bootstrap()"); }

  std::string Save(const std::string& id, const std::string& value, const std::string& ttl_s) {
    return db_.Ask("SELECT honker_result_save(" + id + ", '" + value + "', " + ttl_s + ")");
  }
  std::string Get(const std::string& id) { return db_.Ask("SELECT honker_result_get(" + id + ")"); }
  std::string Row() {
    return db_.Ask(
        "SELECT job_id, value, created_at - unixepoch(), expires_at - unixepoch() "
        "FROM _honker_results");
  }

  Scratch scratch_;
  Database db_{scratch_.Path("a.db"), Database::kLoaded, Database::kReadWrite, FixedClockVfs()};
};

TEST_F(Results, AreThereUntilTheirEnd) {
  EXPECT_EQ(Get("7"), "NULL");
  EXPECT_EQ(Save("7", "v", "60"), "1");
  EXPECT_EQ(Row(), "7|v|0|60");
  EXPECT_EQ(Get("7"), "v");
  EXPECT_EQ(Get("8"), "NULL");
  db_.Run("UPDATE _honker_results SET expires_at = unixepoch()");
  EXPECT_EQ(Get("7"), "NULL");
}

TEST_F(Results, NoTtlMeansForEver) {
  EXPECT_EQ(Save("7", "v", "0"), "1");
  EXPECT_EQ(Row(), "7|v|0|NULL");
  EXPECT_EQ(Save("7", "w", "-9223372036854775808"), "1");
  EXPECT_EQ(Row(), "7|w|0|NULL");
  EXPECT_EQ(Get("7"), "w");
}

TEST_F(Results, ANewOneReplacesTheOld) {
  EXPECT_EQ(Save("7", "v", "60"), "1");
  db_.Run("UPDATE _honker_results SET created_at = 5, expires_at = 6");
  EXPECT_EQ(Save("7", "", "90"), "1");
  EXPECT_EQ(Row(), "7||0|90");
  EXPECT_EQ(db_.Ask("SELECT typeof(honker_result_get(7))"), "text");
  EXPECT_EQ(Save("7", "x", "0"), "1");
  EXPECT_EQ(Row(), "7|x|0|NULL");
}

TEST_F(Results, SweepTakesWhatIsOver) {
  db_.Run(
      "INSERT INTO _honker_results (job_id, value, expires_at) VALUES (1, 'a', unixepoch()), "
      "(2, 'b', unixepoch() + 60), (3, 'c', NULL), (4, 'd', -5), (5, 'e', 'never')");
  EXPECT_EQ(db_.Ask("SELECT honker_result_sweep()"), "2");
  EXPECT_EQ(db_.Ask("SELECT group_concat(job_id) FROM _honker_results"), "2,3,5");
  EXPECT_EQ(db_.Ask("SELECT honker_result_sweep()"), "0");
}

TEST_F(Results, AnEndOutside64BitsNamesTheArgument) {
  EXPECT_EQ(Save("7", "v", "60"), "1");
  EXPECT_THAT(db_.Try("SELECT honker_result_save(7, 'w', 9223372036854775807)"),
              HasSubstr("honker_result_save: argument 3 (ttl_s) is out of range"));
  EXPECT_EQ(Row(), "7|v|0|60");
}

TEST_F(Results, WhatCannotBeReadIsReported) {
  for (const char* row :
       {"x'ff', NULL", "CAST(x'c328' AS TEXT), NULL", "'v', 'never'", "'v', x'00'"}) {
    db_.Run(
        "DELETE FROM _honker_results; INSERT INTO _honker_results (job_id, value, expires_at) "
        "VALUES (7, " +
        std::string(row) + "), (8, 'good', NULL)");
    EXPECT_THAT(db_.Try("SELECT honker_result_get(7)"),
                HasSubstr("honker_result_get: the row of this result is unreadable"))
        << row;
    EXPECT_EQ(Get("8"), "good");
  }
  db_.Run("UPDATE _honker_results SET value = NULL, expires_at = NULL");
  EXPECT_EQ(Get("7"), "NULL");
}

TEST_F(Results, AnyTextSurvives) {
  for (const std::string& text : {""s, "a\0b\0"s, "\"\\/'\n\x01\x7f"s, "ö€😀"s}) {
    EXPECT_EQ(AskWithText(db_.db(), "SELECT honker_result_save(1, ?1, 60)", {text}), "1");
    EXPECT_EQ(Get("1"), text);
  }
}

TEST_F(Results, LastInsertRowidIsTheApplications) {
  db_.Run("CREATE TABLE orders(id INTEGER PRIMARY KEY); INSERT INTO orders VALUES (42)");
  EXPECT_EQ(Save("7", "v", "60"), "1");
  EXPECT_EQ(db_.Ask("SELECT last_insert_rowid()"), "42");
}

}  // namespace
}  // namespace honker
