// honker_cron_next_after and honker_scheduler_*, rule by rule. Moments are handed in or set in the
// rows, never waited for. What fires when is the matter of cron/next_after_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/testing/scratch.h"

namespace honker {
namespace {

using testing::AskWithText;
using testing::Database;
using ::testing::HasSubstr;
using testing::Scratch;
using namespace std::string_literals;

class Schedules : public ::testing::Test {
 protected:
  Schedules() { db_.Run("SELECT honker_bootstrap()"); }

  void Register(const std::string& name, const std::string& expression,
                const std::string& rest = "0, NULL") {
    db_.Run("SELECT honker_scheduler_register('" + name + "', 'q', '" + expression + "', 'p', " +
            rest + ")");
  }
  // A schedule that is next due at `at`.
  void RegisterAt(const std::string& name, const std::string& expression, int64_t at,
                  const std::string& rest = "0, NULL") {
    Register(name, expression, rest);
    db_.Run("UPDATE _honker_scheduler_tasks SET next_fire_at = " + std::to_string(at) +
            " WHERE name = '" + name + "'");
  }
  // "name@fire_at" of each element, in the order of the array.
  std::string Tick(int64_t now) {
    return db_.Ask(
        "SELECT group_concat((value ->> 'name') || '@' || ifnull(value ->> 'fire_at', value ->> "
        "'error'), ' ') FROM json_each(honker_scheduler_tick(" +
        std::to_string(now) + "))");
  }
  std::string Next(const std::string& name) {
    return db_.Ask("SELECT next_fire_at FROM _honker_scheduler_tasks WHERE name = '" + name + "'");
  }
  std::string Complaint(const std::string& call) {
    return db_.Try("SELECT honker_scheduler_" + call);
  }

  Scratch scratch_;
  Database db_{scratch_.Path("a.db")};
};

TEST_F(Schedules, NextAfterAnswersAndSaysWhatIsWrong) {
  EXPECT_EQ(db_.Ask("SELECT honker_cron_next_after('@every 90s', 1000)"), "1090");
  EXPECT_EQ(db_.AskInt("SELECT honker_cron_next_after('* * * * * *', 1000.0)"), 1001);
  EXPECT_THAT(
      db_.Try("SELECT honker_cron_next_after('61 * * * *', 0)"),
      HasSubstr("honker_cron_next_after: argument 1 (expr) is no schedule: field 1 (minute) "
                "must be within 0-59, got \"61\""));
  EXPECT_THAT(db_.Try("SELECT honker_cron_next_after('0 0 30 2 *', 0)"),
              HasSubstr("argument 1 (expr) matches nothing within 100 years"));
  EXPECT_THAT(db_.Try("SELECT honker_cron_next_after('@every 2s', 9223372036854775806)"),
              HasSubstr("argument 2 (from) is out of range: 9223372036854775806 + 2 does not fit"));
  for (const char* far : {"9223372036854775807", "-9223372036854775808", "100000000000000000"}) {
    EXPECT_THAT(db_.Try(std::string("SELECT honker_cron_next_after('* * * * *', ") + far + ")"),
                HasSubstr("argument 2 (from) is out of range: there is no local time"))
        << far;
  }
  EXPECT_THAT(db_.Try("SELECT honker_cron_next_after(5, 0)"), HasSubstr("argument 1 (expr)"));
  EXPECT_THAT(db_.Try("SELECT honker_cron_next_after('* * * * *', NULL)"),
              HasSubstr("argument 2 (from)"));
}

TEST_F(Schedules, RegisterStoresWhatWasSaid) {
  EXPECT_EQ(db_.Ask("SELECT honker_scheduler_register('n', 'q', '@every 1h', 'p', 7, 60)"), "1");
  EXPECT_EQ(db_.Ask("SELECT name, queue, cron_expr, payload, priority, expires_s, next_fire_at - "
                    "unixepoch(), enabled, max_attempts FROM _honker_scheduler_tasks"),
            "n|q|@every 1h|p|7|60|3600|1|3");
  EXPECT_EQ(db_.Ask("SELECT honker_scheduler_register('n', 'r', '@every 2h', 'o', 8, NULL, 1)"),
            "1");
  EXPECT_EQ(db_.Ask("SELECT name, queue, cron_expr, payload, priority, expires_s, next_fire_at - "
                    "unixepoch(), enabled, max_attempts FROM _honker_scheduler_tasks"),
            "n|r|@every 2h|o|8|NULL|7200|1|1");
}

TEST_F(Schedules, RegisteringAgainLosesNoFireAndResumesNothing) {
  RegisterAt("n", "@every 1h", 12345);
  db_.Run("SELECT honker_scheduler_pause('n')");
  Register("n", "@every 1h", "5, 10, 4");
  EXPECT_EQ(db_.Ask("SELECT next_fire_at, enabled, priority, expires_s, max_attempts FROM "
                    "_honker_scheduler_tasks"),
            "12345|0|5|10|4");
  Register("n", "@every 60m");
  EXPECT_NE(Next("n"), "12345") << "another text is another expression";
  db_.Run("UPDATE _honker_scheduler_tasks SET next_fire_at = 'soon'");
  Register("n", "@every 60m");
  EXPECT_EQ(db_.Ask("SELECT typeof(next_fire_at) FROM _honker_scheduler_tasks"), "integer");
}

TEST_F(Schedules, RegisterRefusesWhatCouldNeverFire) {
  EXPECT_THAT(Complaint("register('n', 'q', '0 25 * * *', 'p', 0, NULL)"),
              HasSubstr("argument 3 (expr) is no schedule: field 2 (hour) must be within 0-23"));
  EXPECT_THAT(Complaint("register('n', 'q', '0 0 31 4 *', 'p', 0, NULL)"),
              HasSubstr("argument 3 (expr) matches nothing within 100 years"));
  EXPECT_THAT(Complaint("register('n', 'q', '@every 106751991167300d', 'p', 0, NULL)"),
              HasSubstr("argument 3 (expr) is out of range"));
  EXPECT_THAT(Complaint("register('n', 'q', '@every 1s', 'p', 0, 9223372036854775807)"),
              HasSubstr("argument 6 (expires_s) is out of range"));
  EXPECT_THAT(Complaint("register('n', 'q', '@every 1s', 'p', 0, NULL, 0)"),
              HasSubstr("argument 7 (max_attempts) must be at least 1"));
  EXPECT_THAT(Complaint("register('n', 'q', '@every 1s', 'p', 0, NULL, NULL)"),
              HasSubstr("argument 7 (max_attempts)"));
  EXPECT_THAT(Complaint("register('n', 'q', '@every 1s', x'00', 0, NULL)"),
              HasSubstr("argument 4 (payload)"));
  EXPECT_EQ(db_.AskInt("SELECT count(*) FROM _honker_scheduler_tasks"), 0);
}

TEST_F(Schedules, PauseResumeAndUnregisterTellWhetherItIsThere) {
  Register("n", "@every 1h");
  const std::string next = Next("n");
  EXPECT_EQ(db_.Ask("SELECT honker_scheduler_pause('n'), honker_scheduler_pause('n'), "
                    "honker_scheduler_pause('m')"),
            "1|1|0");
  EXPECT_EQ(db_.Ask("SELECT enabled FROM _honker_scheduler_tasks"), "0");
  EXPECT_EQ(db_.Ask("SELECT honker_scheduler_resume('n'), honker_scheduler_resume('m')"), "1|0");
  EXPECT_EQ(db_.Ask("SELECT enabled FROM _honker_scheduler_tasks"), "1");
  EXPECT_EQ(Next("n"), next);
  EXPECT_EQ(db_.Ask("SELECT honker_scheduler_unregister('n'), honker_scheduler_unregister('n')"),
            "1|0");
}

class Update : public Schedules {
 protected:
  Update() { RegisterAt("n", "@every 1h", 12345, "1, 60, 5"); }
  std::string After(const std::string& rest) {
    EXPECT_EQ(db_.Ask("SELECT honker_scheduler_update('n', " + rest + ")"), "1");
    return db_.Ask(
        "SELECT cron_expr, payload, priority, expires_s, iif(next_fire_at = 12345, 'kept', "
        "next_fire_at - unixepoch()), max_attempts FROM _honker_scheduler_tasks");
  }
};

TEST_F(Update, NullLeavesAField) {
  EXPECT_EQ(After("NULL, NULL, NULL, NULL, 0"), "@every 1h|p|1|60|kept|5");
  EXPECT_EQ(After("NULL, NULL, NULL, NULL, 0, NULL, 0"), "@every 1h|p|1|60|kept|5");
}

TEST_F(Update, WhatIsGivenIsSet) {
  EXPECT_EQ(After("NULL, 'o', NULL, NULL, 0"), "@every 1h|o|1|60|kept|5");
  EXPECT_EQ(After("NULL, '', 9, 0, 0"), "@every 1h||9|0|kept|5");
  EXPECT_EQ(After("NULL, NULL, NULL, 30, 1, 2, 0"), "@every 1h||9|30|kept|2");
}

TEST_F(Update, ATouchFlagMeansTheNull) {
  EXPECT_EQ(After("NULL, NULL, NULL, NULL, 1"), "@every 1h|p|1|NULL|kept|5");
  EXPECT_EQ(After("NULL, NULL, NULL, NULL, 0, NULL, 1"), "@every 1h|p|1|NULL|kept|3");
}

TEST_F(Update, OnlyANewExpressionMovesTheNextFire) {
  EXPECT_EQ(After("'@every 1h', NULL, NULL, NULL, 0"), "@every 1h|p|1|60|kept|5");
  EXPECT_EQ(After("'@every 2h', NULL, NULL, NULL, 0"), "@every 2h|p|1|60|7200|5");
}

TEST_F(Update, IsCheckedAlsoWhereThereIsNoSuchSchedule) {
  EXPECT_EQ(db_.Ask("SELECT honker_scheduler_update('m', NULL, NULL, NULL, NULL, 0)"), "0");
  EXPECT_THAT(Complaint("update('m', 'x', NULL, NULL, NULL, 0)"),
              HasSubstr("argument 2 (expr) is no schedule"));
  EXPECT_THAT(Complaint("update('m', NULL, NULL, NULL, NULL, 2)"),
              HasSubstr("argument 6 (touch_expires) must be 0 or 1"));
  EXPECT_THAT(Complaint("update('m', NULL, NULL, NULL, 9223372036854775807, 0)"),
              HasSubstr("argument 5 (expires_s) is out of range"));
  EXPECT_THAT(Complaint("update('m', NULL, NULL, NULL, NULL, 0, 0, 0)"),
              HasSubstr("argument 7 (max_attempts) must be at least 1"));
  EXPECT_THAT(Complaint("update('m', NULL, NULL, NULL, NULL, 0, 1, -1)"),
              HasSubstr("argument 8 (touch_max) must be 0 or 1"));
}

TEST_F(Schedules, ATickFiresEachBoundaryOnceAndMovesOn) {
  RegisterAt("n", "@every 10s", 1000, "4, 60, 2");
  EXPECT_EQ(db_.Ask("SELECT honker_scheduler_tick(999)"), "[]");
  EXPECT_EQ(db_.Ask("SELECT honker_scheduler_tick(1000)"),
            R"([{"name":"n","queue":"q","fire_at":1000,"job_id":1}])");
  EXPECT_EQ(db_.Ask("SELECT honker_scheduler_tick(1000)"), "[]");
  EXPECT_EQ(Tick(1035), "n@1010 n@1020 n@1030");
  EXPECT_EQ(Next("n"), "1040");
  EXPECT_EQ(db_.Ask("SELECT group_concat(run_at || ':' || created_at || ':' || expires_at, ' ') "
                    "FROM _honker_live"),
            "1000:1000:1060 1010:1035:1095 1020:1035:1095 1030:1035:1095");
  EXPECT_EQ(db_.Ask("SELECT DISTINCT queue, payload, state, priority, attempts, max_attempts FROM "
                    "_honker_live"),
            "q|p|pending|4|0|2");
  EXPECT_EQ(db_.AskInt("SELECT json_array_length(honker_claim_batch('q', 'w', 9, 60))"), 0)
      << "they expired in 1970";
}

TEST_F(Schedules, AfterSixtyFourTheRestIsSkippedAndCounted) {
  const auto fires = [this](int64_t now) {
    return db_.Ask(
        "SELECT count(*), count(value ->> 'skipped'), max(CASE key WHEN 63 THEN "
        "value ->> 'skipped' END) FROM json_each(honker_scheduler_tick(" +
        std::to_string(now) + "))");
  };
  RegisterAt("n", "@every 10s", 1000);
  EXPECT_EQ(fires(10'005), "64|1|837");
  EXPECT_EQ(db_.Ask("SELECT min(run_at), max(run_at), count(*) FROM _honker_live"), "1000|1630|64");
  EXPECT_EQ(Next("n"), "10010") << "still on its grid";
  RegisterAt("m", "* * * * *", 60'000);
  db_.Run("SELECT honker_scheduler_unregister('n')");
  EXPECT_EQ(fires(66'000), "64|1|37");
  EXPECT_EQ(Next("m"), "66060");
  RegisterAt("m", "* * * * *", 60'000);
  EXPECT_EQ(fires(63'780), "64|0|NULL");
  EXPECT_EQ(Next("m"), "63840") << "sixty-four to the last one: nothing is skipped";
  db_.Run("SELECT honker_scheduler_unregister('m')");
  RegisterAt("s", "* * * * * *", 60'000);
  EXPECT_EQ(fires(3'000'000), "64|1|1000000") << "so many or more";
}

// The zone of this process, until the end of the scope.
class TimeZone {
 public:
  explicit TimeZone(const char* zone) : before_(getenv("TZ") == nullptr ? "" : getenv("TZ")) {
    Use(zone);
  }
  ~TimeZone() { Use(before_.c_str()); }

 private:
  static void Use(const char* zone) {
    setenv("TZ", zone, 1);
    tzset();
  }
  std::string before_;
};

TEST_F(Schedules, AProcessOfAnotherZoneIsRefusedAndToldBoth) {
  const auto names_both =
      ::testing::AllOf(HasSubstr("[UTC+01:00 until 2024-03-31 01:00, UTC+02:00 until"),
                       HasSubstr("[UTC-05:00 until 2024-03-10 07:00, UTC-04:00 until"));
  const TimeZone berlin("Europe/Berlin");
  RegisterAt("n", "0 9 * * *", 1000);
  const TimeZone new_york("America/New_York");
  for (const char* name : {"n", "m"}) {
    const std::string problem =
        Complaint(std::string("register('") + name + "', 'q', '0 9 * * *', 'p', 0, NULL)");
    EXPECT_THAT(problem, names_both);
    EXPECT_THAT(problem, HasSubstr("argument 3 (expr) goes by another clock"));
  }
  EXPECT_THAT(Complaint("update('n', '0 10 * * *', NULL, NULL, NULL, 0)"), names_both);
  EXPECT_EQ(db_.AskInt("SELECT honker_scheduler_update('n', NULL, 'new', NULL, NULL, 0)"), 1);
  Register("e", "@every 1h");
  const std::string tick = Complaint("tick(unixepoch() + 3600)");
  EXPECT_THAT(tick, names_both);
  EXPECT_THAT(tick, HasSubstr("the schedule \"n\""));
  EXPECT_EQ(db_.AskInt("SELECT count(*) FROM _honker_live"), 0);

  db_.Run("SELECT honker_scheduler_unregister('n')");
  Register("n", "0 9 * * *");  // the way to another zone
  {
    const TimeZone back("Europe/Berlin");
    EXPECT_THAT(Complaint("register('n', 'q', '0 9 * * *', 'p', 0, NULL)"), names_both);
    Register("n", "@every 1h");
    Register("m", "0 9 * * *");
  }
}

// Of another honker, or of a file of before there was the column.
TEST_F(Schedules, WhoTicksGivesAScheduleItsZoneThatHasNone) {
  const TimeZone berlin("Europe/Berlin");
  RegisterAt("n", "0 9 * * *", 1000);
  db_.Run("UPDATE _honker_scheduler_tasks SET zone = NULL");
  const TimeZone new_york("America/New_York");
  EXPECT_EQ(Tick(1000), "n@1000");
  EXPECT_THAT(db_.Ask("SELECT zone FROM _honker_scheduler_tasks"), HasSubstr("UTC-05:00"));
}

TEST_F(Schedules, ATickKeepsToTheOrderAndLeavesOutWhatIsPaused) {
  RegisterAt("late", "@every 1h", 3000);
  RegisterAt("early", "@every 1h", 1000);
  RegisterAt("paused", "@every 1h", 1000);
  RegisterAt("future", "@every 1h", 9000);
  db_.Run("SELECT honker_scheduler_pause('paused')");
  EXPECT_EQ(Tick(4000), "early@1000 late@3000");
}

TEST_F(Schedules, ARolledBackTickHasNotHappened) {
  RegisterAt("n", "@every 1h", 1000);
  db_.Run("BEGIN; SELECT honker_scheduler_tick(1000); ROLLBACK");
  EXPECT_EQ(Next("n"), "1000");
  EXPECT_EQ(db_.AskInt("SELECT count(*) FROM _honker_live"), 0);
}

TEST_F(Schedules, ATickThatFailsHalfwayHasNotHappened) {
  RegisterAt("a", "@every 1h", 1000);
  RegisterAt("b", "@every 1h", 1000);
  db_.Run(
      "CREATE TRIGGER no_b BEFORE UPDATE ON _honker_scheduler_tasks WHEN new.name = 'b' "
      "BEGIN SELECT RAISE(ABORT, 'not b'); END");
  EXPECT_THAT(Complaint("tick(1000)"), HasSubstr("not b"));
  EXPECT_EQ(Next("a"), "1000");
  EXPECT_EQ(db_.AskInt("SELECT count(*) FROM _honker_live"), 0);
}

TEST_F(Schedules, LastInsertRowidIsTheApplications) {
  db_.Run("CREATE TABLE orders(id INTEGER PRIMARY KEY); INSERT INTO orders VALUES (42)");
  RegisterAt("n", "@every 1h", 1000);
  EXPECT_EQ(Tick(1000), "n@1000");
  EXPECT_EQ(db_.Ask("SELECT last_insert_rowid()"), "42");
}

// What somebody else's hand has left in a row stops no other row, and is said each time.
struct Damage {
  const char* set;
  const char* error;
};

class DamagedSchedule : public Schedules, public ::testing::WithParamInterface<Damage> {};

TEST_P(DamagedSchedule, IsReportedAndTheOthersGoOn) {
  RegisterAt("a", "@every 1h", 1000);
  RegisterAt("bad", "@every 1h", 1000);
  RegisterAt("z", "@every 1h", 1000);
  db_.Run(std::string("UPDATE _honker_scheduler_tasks SET ") + GetParam().set +
          " WHERE name = 'bad'");
  const std::string before = db_.Ask("SELECT * FROM _honker_scheduler_tasks WHERE rowid = 2");
  const std::string fired = db_.Ask("SELECT honker_scheduler_tick(1000)");
  EXPECT_THAT(fired, HasSubstr(R"({"name":"a","queue":"q","fire_at":1000,"job_id":1})"));
  EXPECT_THAT(fired, HasSubstr(R"({"name":"z","queue":"q","fire_at":1000,"job_id":2})"));
  EXPECT_THAT(fired,
              HasSubstr(R"("queue":null,"fire_at":null,"job_id":null,"error":"unreadable: )" +
                        std::string(GetParam().error)));
  EXPECT_THAT(fired, HasSubstr("(row 2)"));
  EXPECT_EQ(db_.AskInt("SELECT json_valid('" + fired + "')"), 1);
  EXPECT_EQ(db_.Ask("SELECT * FROM _honker_scheduler_tasks WHERE rowid = 2"), before);
  EXPECT_THAT(db_.Ask("SELECT honker_scheduler_tick(1000)"), HasSubstr("unreadable"))
      << "until somebody repairs it";
}

INSTANTIATE_TEST_SUITE_P(
    Rows, DamagedSchedule,
    ::testing::Values(
        Damage{"cron_expr = 'never'", "cron_expr is no schedule: it must have 5 or 6 fields"},
        Damage{"cron_expr = '0 0 30 2 *'", "cron_expr matches nothing within 100 years"},
        Damage{"cron_expr = x'00'", "cron_expr is not text of valid UTF-8"},
        Damage{"cron_expr = '@every 9223372036854775807s'", "next_fire_at is out of range"},
        Damage{"name = x'00'", "name is not text of valid UTF-8"},
        Damage{"name = CAST(x'ff' AS TEXT)", "name is not text of valid UTF-8"},
        Damage{"name = NULL", "name is not text of valid UTF-8"},
        Damage{"queue = CAST(x'c328' AS TEXT)", "queue is not text of valid UTF-8"},
        Damage{"payload = x'ff'", "payload is not text of valid UTF-8"},
        Damage{"priority = 'high'", "priority is not an integer"},
        Damage{"expires_s = 0.5", "expires_s is not an integer"},
        Damage{"expires_s = 9223372036854775807", "now + expires_s does not fit"},
        Damage{"next_fire_at = 'soon'", "next_fire_at is not an integer"},
        Damage{"next_fire_at = x'00'", "next_fire_at is not an integer"},
        Damage{"next_fire_at = 999.5", "next_fire_at is not an integer"},
        Damage{"enabled = 'yes'", "enabled is not an integer"},
        Damage{"max_attempts = 0", "max_attempts is less than 1"},
        Damage{"max_attempts = 'x'", "max_attempts is not an integer"}));

TEST_F(Schedules, ATickNeverOutgrowsATextAndGoesOnNextTime) {
  db_.Run("SELECT honker_scheduler_register(hex(zeroblob(150)), 'q', '@every 10s', 'p', 0, NULL)");
  db_.Run("UPDATE _honker_scheduler_tasks SET next_fire_at = 1000");
  RegisterAt("z", "@every 1h", 1000);
  sqlite3_limit(db_.db(), SQLITE_LIMIT_LENGTH, 1500);
  int64_t fired = 0;
  for (int ticks = 0; ticks < 10; ++ticks) {
    fired += db_.AskInt("SELECT json_array_length(honker_scheduler_tick(1095))");
  }
  EXPECT_EQ(fired, 11);
  EXPECT_EQ(db_.Ask("SELECT count(*), count(DISTINCT queue || run_at) FROM _honker_live"), "11|10");
  // Escaped, 150 control characters become 900: no tick could ever return that name.
  db_.Run(
      "UPDATE _honker_scheduler_tasks SET next_fire_at = 1000, "
      "name = replace(hex(zeroblob(75)), '0', char(1)) WHERE name <> 'z'");
  sqlite3_limit(db_.db(), SQLITE_LIMIT_LENGTH, 600);
  EXPECT_THAT(
      db_.Ask("SELECT honker_scheduler_tick(1000)"),
      HasSubstr(R"([{"name":null,"queue":null,"fire_at":null,"job_id":null,"error":"as JSON )"));
}

TEST_F(Schedules, SoonestIsTheNextFireOfAnEnabledOne) {
  EXPECT_EQ(db_.Ask("SELECT honker_scheduler_soonest()"), "0");
  RegisterAt("a", "@every 1h", 2000);
  RegisterAt("b", "@every 1h", 1000);
  EXPECT_EQ(db_.Ask("SELECT honker_scheduler_soonest()"), "1000");
  db_.Run("SELECT honker_scheduler_pause('b')");
  EXPECT_EQ(db_.Ask("SELECT honker_scheduler_soonest()"), "2000");
  RegisterAt("a", "@every 1h", -5);
  EXPECT_EQ(db_.Ask("SELECT honker_scheduler_soonest()"), "1") << "0 would say that there is none";
  db_.Run("SELECT honker_scheduler_pause('a')");
  EXPECT_EQ(db_.Ask("SELECT honker_scheduler_soonest()"), "0");
}

TEST_F(Schedules, SoonestIsNoMomentAtWhichNothingCanFire) {
  RegisterAt("bad", "@every 1h", 1000);
  db_.Run("UPDATE _honker_scheduler_tasks SET cron_expr = 'never'");
  EXPECT_THAT(Complaint("soonest()"), HasSubstr("unreadable: cron_expr is no schedule"));
  RegisterAt("good", "@every 1h", 2000);
  EXPECT_EQ(db_.Ask("SELECT honker_scheduler_soonest()"), "2000");
}

TEST_F(Schedules, TheListHasThemAllByName) {
  EXPECT_EQ(db_.Ask("SELECT honker_scheduler_list()"), "[]");
  RegisterAt("b", "@every 1h", 1000, "7, 60, 2");
  RegisterAt("a", "0 3 * * *", 2000);
  db_.Run("SELECT honker_scheduler_pause('b')");
  EXPECT_EQ(db_.Ask("SELECT honker_scheduler_list()"),
            R"([{"name":"a","queue":"q","cron_expr":"0 3 * * *","payload":"p","priority":0,)"
            R"("expires_s":null,"next_fire_at":2000,"enabled":true,"max_attempts":3},)"
            R"({"name":"b","queue":"q","cron_expr":"@every 1h","payload":"p","priority":7,)"
            R"("expires_s":60,"next_fire_at":1000,"enabled":false,"max_attempts":2}])");
}

TEST_F(Schedules, TheListSaysWhichOnesCannotFire) {
  Register("bad", "@every 1h");
  db_.Run(
      "UPDATE _honker_scheduler_tasks SET name = x'00', queue = CAST(x'c328' AS TEXT), "
      "cron_expr = 'never', payload = x'ff', priority = 'x', expires_s = 0.5, next_fire_at = 'x', "
      "enabled = 'x', max_attempts = 'x'");
  EXPECT_EQ(db_.Ask("SELECT honker_scheduler_list()"),
            R"([{"name":null,"queue":null,"cron_expr":"never","payload":null,"priority":null,)"
            R"("expires_s":null,"next_fire_at":null,"enabled":null,"max_attempts":null,)"
            R"("error":"unreadable: name is not text of valid UTF-8"}])");
}

TEST_F(Schedules, TextOfEveryKindSurvives) {
  const std::string odd = "\"\\\n\x01ö\0😀"s;
  EXPECT_EQ(
      AskWithText(db_.db(), "SELECT honker_scheduler_register(?1, ?1, '@every 1s', ?1, 0, NULL)",
                  {odd}),
      "1");
  db_.Run("UPDATE _honker_scheduler_tasks SET next_fire_at = 1000");
  EXPECT_EQ(
      AskWithText(db_.db(), "SELECT honker_scheduler_update(?1, NULL, ?1, 1, NULL, 0)", {odd}),
      "1");
  EXPECT_EQ(db_.Ask("SELECT honker_scheduler_tick(1000)"),
            "[{\"name\":\"\\\"\\\\\\n\\u0001ö\\u0000😀\",\"queue\":\"\\\"\\\\\\n\\u0001ö\\u0000😀\","
            "\"fire_at\":1000,\"job_id\":1}]");
  EXPECT_EQ(
      AskWithText(db_.db(), "SELECT count(*) FROM _honker_live WHERE queue = ?1 AND payload = ?1",
                  {odd}),
      "1");
  EXPECT_EQ(AskWithText(db_.db(), "SELECT honker_scheduler_unregister(?1)", {odd}), "1");
}

TEST_F(Schedules, AMissingTableIsAnErrorThatSaysWhatToDo) {
  db_.Run("DROP TABLE _honker_scheduler_tasks");
  for (const char* call :
       {"register('n','q','@every 1s','p',0,NULL)", "unregister('n')", "pause('n')", "resume('n')",
        "update('n',NULL,NULL,NULL,NULL,0)", "tick(0)", "soonest()", "list()"}) {
    EXPECT_THAT(Complaint(call), HasSubstr("SELECT honker_bootstrap()")) << call;
  }
}

}  // namespace
}  // namespace honker
