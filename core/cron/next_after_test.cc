// When a schedule fires, shown by examples on both sides of a clock change. The proof over many
// zones is in next_after_property_test.cc.
#include "core/cron/next_after.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <time.h>

#include <string>
#include <thread>
#include <vector>

#include "core/cron/civil.h"

namespace honker {
namespace {

// Sets the zone of the process. Each test has one zone.
void UseZone(const char* zone) {
  setenv("TZ", zone, 1);
  tzset();
}

// "2026-03-29 02:30:00" as UTC.
int64_t Utc(const std::string& text) {
  tm fields{};
  const char* end = strptime(text.c_str(), "%Y-%m-%d %H:%M:%S", &fields);
  EXPECT_TRUE(end != nullptr && *end == '\0') << text;
  return timegm(&fields);
}

std::string Text(int64_t instant) {
  const time_t time = instant;
  tm fields{};
  gmtime_r(&time, &fields);
  char text[40];
  strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &fields);
  return text;
}

// Fires after `from` (UTC), as UTC, joined by ", ".
std::string Fires(const std::string& expression, const std::string& from, int count = 1) {
  const Result<Expression> parsed = ParseExpression(expression);
  if (!parsed.ok()) return parsed.error().message;
  int64_t at = Utc(from);
  std::string fires;
  for (int i = 0; i < count; ++i) {
    const Result<std::optional<int64_t>> next = NextAfter(parsed.value(), at);
    if (!next.ok()) return next.error().message;
    if (!next.value()) return fires + "never";
    at = *next.value();
    fires += (fires.empty() ? "" : ", ") + Text(at);
  }
  return fires;
}

TEST(Calendar, DaysAndDatesAreInverse) {
  EXPECT_EQ(DayNumber({1970, 1, 1}), 0);
  EXPECT_EQ(DayNumber({2000, 3, 1}), 11017);
  EXPECT_EQ(DayNumber({-1, 12, 31}), DayNumber({0, 1, 1}) - 1);
  Date date{-401, 1, 1};
  for (int64_t day = DayNumber(date); date.year < 2801; ++day) {
    const Date found = DateOfDay(day);
    ASSERT_EQ(found.year, date.year) << day;
    ASSERT_EQ(found.month, date.month) << day;
    ASSERT_EQ(found.day, date.day) << day;
    ASSERT_EQ(DayNumber(date), day);
    ASSERT_EQ(WeekdayOfDay(day), ((day % 7) + 11) % 7) << day;
    if (++date.day > DaysInMonth(date.year, date.month)) {
      date.day = 1;
      if (++date.month > 12) date = {date.year + 1, 1, 1};
    }
  }
}

TEST(NextAfter, IsStrictlyLater) {
  UseZone("UTC");
  EXPECT_EQ(Fires("* * * * *", "2026-01-01 00:00:00"), "2026-01-01 00:01:00");
  EXPECT_EQ(Fires("* * * * *", "2026-01-01 00:00:59"), "2026-01-01 00:01:00");
  EXPECT_EQ(Fires("* * * * * *", "2026-01-01 00:00:59"), "2026-01-01 00:01:00");
  EXPECT_EQ(Fires("0 0 * * *", "2025-12-31 23:59:59", 2),
            "2026-01-01 00:00:00, 2026-01-02 00:00:00");
  EXPECT_EQ(Fires("@every 5m", "2026-01-01 00:00:01"), "2026-01-01 00:05:01");
}

TEST(NextAfter, FindsTheNextDateOfTheCalendar) {
  UseZone("UTC");
  EXPECT_EQ(Fires("0 0 29 2 *", "2026-01-01 00:00:00", 2),
            "2028-02-29 00:00:00, 2032-02-29 00:00:00");
  EXPECT_EQ(Fires("0 0 29 2 *", "2096-03-01 00:00:00"), "2104-02-29 00:00:00");
  EXPECT_EQ(Fires("0 0 29 2 1", "2072-03-01 00:00:00"), "2112-02-29 00:00:00")
      << "both the day and the weekday";
  EXPECT_EQ(Fires("0 12 13 * 5", "2026-03-14 00:00:00", 2),
            "2026-11-13 12:00:00, 2027-08-13 12:00:00");
  EXPECT_EQ(Fires("59 59 23 31 12 *", "2026-12-31 23:59:59"), "2027-12-31 23:59:59");
  EXPECT_EQ(Fires("*/15 9-17 * * 1-5", "2026-11-20 17:45:00"), "2026-11-23 09:00:00");
  EXPECT_EQ(Fires("* * * * *", "2038-01-19 03:14:07"), "2038-01-19 03:15:00");
  EXPECT_EQ(Fires("0 0 1 1 *", "1969-06-01 00:00:00"), "1970-01-01 00:00:00");
  EXPECT_EQ(Fires("30 5 * * *", "1889-12-31 05:30:00"), "1890-01-01 05:30:00");
}

TEST(NextAfter, SaysNeverWhereNothingMatches) {
  UseZone("UTC");
  for (const char* never : {"0 0 30 2 *", "* * 31 2,4,6,9,11 *", "0 * 30,31 2 *"}) {
    EXPECT_EQ(Fires(never, "2026-01-01 00:00:00"), "never");
  }
}

TEST(NextAfter, AGapBerlin) {
  UseZone("Europe/Berlin");  // 2026-03-29 01:00 UTC: 02:00 becomes 03:00
  EXPECT_EQ(Fires("30 2 * * *", "2026-03-28 00:00:00", 3),
            "2026-03-28 01:30:00, 2026-03-29 01:00:00, 2026-03-30 00:30:00")
      << "at the first instant after the gap";
  EXPECT_EQ(Fires("*/10 2 29 3 *", "2026-03-28 00:00:00", 2),
            "2026-03-29 01:00:00, 2027-03-29 00:00:00")
      << "once, although the gap swallowed six";
  EXPECT_EQ(Fires("0 2,3 * * *", "2026-03-29 00:00:00", 2),
            "2026-03-29 01:00:00, 2026-03-30 00:00:00");
  EXPECT_EQ(Fires("*/30 * * * *", "2026-03-29 00:00:00", 4),
            "2026-03-29 00:30:00, 2026-03-29 01:00:00, 2026-03-29 01:30:00, 2026-03-29 02:00:00")
      << "real time";
  EXPECT_EQ(Fires("30 * 29 3 *", "2026-03-29 00:20:00", 2),
            "2026-03-29 00:30:00, 2026-03-29 01:30:00");
}

TEST(NextAfter, ARepeatedHourBerlin) {
  UseZone("Europe/Berlin");  // 2026-10-25 01:00 UTC: 03:00 becomes 02:00
  EXPECT_EQ(Fires("30 2 * * *", "2026-10-24 12:00:00", 2),
            "2026-10-25 00:30:00, 2026-10-26 01:30:00")
      << "in the first pass";
  EXPECT_EQ(Fires("30 2 * * *", "2026-10-25 01:10:00"), "2026-10-26 01:30:00")
      << "asked in the second pass";
  EXPECT_EQ(Fires("*/30 2-3 * * *", "2026-10-25 00:10:00", 3),
            "2026-10-25 00:30:00, 2026-10-25 02:00:00, 2026-10-25 02:30:00");
  EXPECT_EQ(Fires("*/30 * * * *", "2026-10-25 00:10:00", 5),
            "2026-10-25 00:30:00, 2026-10-25 01:00:00, 2026-10-25 01:30:00, 2026-10-25 02:00:00, "
            "2026-10-25 02:30:00")
      << "real time: both passes";
  EXPECT_EQ(Fires("30 0-23 25 10 *", "2026-10-25 00:10:00", 2),
            "2026-10-25 00:30:00, 2026-10-25 01:30:00")
      << "a range that allows every hour is every hour";
}

TEST(NextAfter, ADayThatNeverWas) {
  UseZone("Pacific/Apia");  // 2011-12-30 10:00 UTC: 30 December 00:00 becomes 31 December 00:00
  EXPECT_EQ(Fires("0 12 30 12 *", "2011-12-30 00:00:00", 2),
            "2011-12-30 10:00:00, 2012-12-29 22:00:00");
  EXPECT_EQ(Fires("0 * 30 12 *", "2011-12-30 00:00:00"), "2012-12-29 10:00:00")
      << "real time skips what was skipped";
  EXPECT_EQ(Fires("0 12 * * *", "2011-12-29 23:00:00", 2),
            "2011-12-30 10:00:00, 2011-12-30 22:00:00");
}

TEST(NextAfter, HalfAnHour) {
  UseZone("Australia/Lord_Howe");
  // 2026-04-04 15:00 UTC: 02:00 becomes 01:30
  EXPECT_EQ(Fires("45 1 * * *", "2026-04-04 00:00:00", 2),
            "2026-04-04 14:45:00, 2026-04-05 15:15:00");
  EXPECT_EQ(Fires("*/15 * * * *", "2026-04-04 14:40:00", 4),
            "2026-04-04 14:45:00, 2026-04-04 15:00:00, 2026-04-04 15:15:00, 2026-04-04 15:30:00");
  // 2026-10-03 15:30 UTC: 02:00 becomes 02:30
  EXPECT_EQ(Fires("15 2 * * *", "2026-10-03 00:00:00", 2),
            "2026-10-03 15:30:00, 2026-10-04 15:15:00");
}

TEST(NextAfter, AZoneInPosixWords) {
  UseZone("XXX-1YYY,M3.5.0,M10.5.0/3");
  EXPECT_EQ(Fires("30 2 * * *", "2060-03-27 12:00:00"), "2060-03-28 01:00:00");
  EXPECT_EQ(Fires("30 2 * * *", "2060-10-31 01:10:00"), "2060-11-01 01:30:00");
}

TEST(NextAfter, FollowsAProgramThatChangesItsZone) {
  UseZone("UTC");
  EXPECT_EQ(Fires("30 12 * * *", "2026-01-01 00:00:00"), "2026-01-01 12:30:00");
  UseZone("Asia/Kathmandu");
  EXPECT_EQ(Fires("30 12 * * *", "2026-01-01 00:00:00"), "2026-01-01 06:45:00");
}

TEST(NextAfter, ThreadsAgree) {
  UseZone("America/New_York");
  const std::string expected = Fires("*/20 1,2,3 * * *", "2026-10-30 00:00:00", 60);
  std::vector<std::thread> threads;
  std::vector<std::string> answers(4);
  for (std::string& answer : answers) {
    threads.emplace_back(
        [&answer] { answer = Fires("*/20 1,2,3 * * *", "2026-10-30 00:00:00", 60); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& answer : answers) EXPECT_EQ(answer, expected);
}

}  // namespace
}  // namespace honker
