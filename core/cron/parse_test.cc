// What is a schedule and what is none, and what the errors say.
#include <gtest/gtest.h>

#include <string>

#include "core/cron/expression.h"

namespace honker {
namespace {

using namespace std::string_literals;

std::string ErrorOf(std::string_view text) {
  const Result<Expression> parsed = ParseExpression(text);
  return parsed.ok() ? "" : parsed.error().message;
}

int64_t SecondsOf(std::string_view text) {
  const Result<Expression> parsed = ParseExpression(text);
  return parsed.ok() ? std::get<Interval>(parsed.value()).seconds : -1;
}

// The values of one field of an expression, as a list.
std::string Values(std::string_view text, uint64_t CronFields::*field) {
  const Result<Expression> parsed = ParseExpression(text);
  if (!parsed.ok()) return parsed.error().message;
  const uint64_t bits = std::get<CronExpression>(parsed.value()).fields().*field;
  std::string values;
  for (int value = 0; value < 64; ++value) {
    if ((bits >> value & 1) != 0) values += (values.empty() ? "" : " ") + std::to_string(value);
  }
  return values;
}

std::string Minutes(const std::string& field) {
  return Values(field + " * * * *", &CronFields::minutes);
}

TEST(ParseExpression, EveryTakesFourUnits) {
  EXPECT_EQ(SecondsOf("@every 1s"), 1);
  EXPECT_EQ(SecondsOf("@every 90m"), 5400);
  EXPECT_EQ(SecondsOf(" @every\t02h "), 7200);
  EXPECT_EQ(SecondsOf("@every 3d"), 259'200);
  EXPECT_EQ(SecondsOf("@every 9223372036854775807s"), 9223372036854775807);
}

TEST(ParseExpression, EveryNeedsAPositiveNumberAndAUnit) {
  for (const char* bad :
       {"@every", "@every 5", "@every s", "@every 0s", "@every -1s", "@every +1s", "@every 1.5s",
        "@every 5 s", "@every 5w", "@every 5S", "@every 1s 2s", "@every 0x5s"}) {
    EXPECT_EQ(ErrorOf(bad).rfind("is no schedule: @every takes a number from 1 up and one of s, m, "
                                 "h, d, got \"",
                                 0),
              0U)
        << bad << ": " << ErrorOf(bad);
  }
  EXPECT_EQ(
      ErrorOf("@every 9223372036854775808s"),
      "is no schedule: as seconds, @every \"9223372036854775808s\" does not fit into 64 bits");
  EXPECT_EQ(ErrorOf("@every 106751991167301d"),
            "is no schedule: as seconds, @every \"106751991167301d\" does not fit into 64 bits");
  EXPECT_NE(ErrorOf("@hourly"), "");
}

TEST(ParseExpression, AFieldIsAListOfRangesWithSteps) {
  EXPECT_EQ(Minutes("5"), "5");
  EXPECT_EQ(Minutes("05"), "5");
  EXPECT_EQ(Minutes("3,1,2,1"), "1 2 3");
  EXPECT_EQ(Minutes("10-13"), "10 11 12 13");
  EXPECT_EQ(Minutes("10-10"), "10");
  EXPECT_EQ(Minutes("*/20"), "0 20 40");
  EXPECT_EQ(Minutes("*/7"), "0 7 14 21 28 35 42 49 56");
  EXPECT_EQ(Minutes("10-20/5"), "10 15 20");
  EXPECT_EQ(Minutes("10-20/6"), "10 16");
  EXPECT_EQ(Minutes("50/4"), "50 54 58") << "from a value on, to the end of the field";
  EXPECT_EQ(Minutes("59/1"), "59");
  EXPECT_EQ(Minutes("0/60,*/1000"), "0");
  EXPECT_EQ(Minutes("30/9223372036854775807"), "30");
  EXPECT_EQ(Minutes("0-4/2,5,50-59/9"), "0 2 4 5 50 59");
}

TEST(ParseExpression, FieldsStandInTheirOrder) {
  EXPECT_EQ(Values("1 2 3 4 5", &CronFields::seconds), "0");
  EXPECT_EQ(Values("1 2 3 4 5", &CronFields::minutes), "1");
  EXPECT_EQ(Values("1 2 3 4 5", &CronFields::hours), "2");
  EXPECT_EQ(Values("1 2 3 4 5", &CronFields::days), "3");
  EXPECT_EQ(Values("1 2 3 4 5", &CronFields::months), "4");
  EXPECT_EQ(Values("1 2 3 4 5", &CronFields::weekdays), "5");
  EXPECT_EQ(Values("  0 1\t2 3\n4 5 ", &CronFields::seconds), "0");
  EXPECT_EQ(Values("0 1 2 3 4 5", &CronFields::weekdays), "5");
  EXPECT_EQ(Values("* * * * * *", &CronFields::weekdays), "0 1 2 3 4 5 6");
  EXPECT_EQ(Values("* * * * *", &CronFields::days).substr(0, 4), "1 2 ");
}

TEST(ParseExpression, ErrorsPointAtTheFieldAndItsRange) {
  EXPECT_EQ(ErrorOf("60 * * * *"),
            "is no schedule: field 1 (minute) must be within 0-59, got \"60\"");
  EXPECT_EQ(ErrorOf("60 * * * * *"),
            "is no schedule: field 1 (second) must be within 0-59, got \"60\"");
  EXPECT_EQ(ErrorOf("* 60 * * * *"),
            "is no schedule: field 2 (minute) must be within 0-59, got \"60\"");
  EXPECT_EQ(ErrorOf("* 24 * * *"),
            "is no schedule: field 2 (hour) must be within 0-23, got \"24\"");
  EXPECT_EQ(ErrorOf("* * 0 * *"),
            "is no schedule: field 3 (day of month) must be within 1-31, got \"0\"");
  EXPECT_EQ(ErrorOf("* * 32 * *"),
            "is no schedule: field 3 (day of month) must be within 1-31, got \"32\"");
  EXPECT_EQ(ErrorOf("* * * 13 *"),
            "is no schedule: field 4 (month) must be within 1-12, got \"13\"");
  EXPECT_EQ(ErrorOf("* * * * 7"),
            "is no schedule: field 5 (day of week) must be within 0-6, got \"7\"");
  EXPECT_EQ(ErrorOf("* * * JAN *"),
            "is no schedule: field 4 (month) must be within 1-12, got \"JAN\"");
  EXPECT_EQ(ErrorOf("5-70 * * * *"),
            "is no schedule: field 1 (minute) must be within 0-59, got \"70\"");
  EXPECT_EQ(ErrorOf("1,,2 * * * *"),
            "is no schedule: field 1 (minute) must be within 0-59, got \"\"");
  EXPECT_EQ(ErrorOf("1, * * * *"),
            "is no schedule: field 1 (minute) must be within 0-59, got \"\"");
  EXPECT_EQ(ErrorOf("-5 * * * *"),
            "is no schedule: field 1 (minute) must be within 0-59, got \"\"");
  EXPECT_EQ(ErrorOf("99999999999999999999 * * * *"),
            "is no schedule: field 1 (minute) must be within 0-59, got \"99999999999999999999\"");
  EXPECT_EQ(ErrorOf("9-5 * * * *"),
            "is no schedule: field 1 (minute) must not run backwards, got \"9-5\"");
  for (const char* step : {"*/0", "*/", "*/x", "*/-1", "*/5/5", "*/99999999999999999999"}) {
    EXPECT_EQ(ErrorOf(step + " * * * *"s),
              "is no schedule: field 1 (minute) must have a step from 1 up, got \""s + step + "\"");
  }
}

TEST(ParseExpression, TheNumberOfFieldsIsFiveOrSix) {
  for (const char* bad : {"", " ", "*", "* * * *", "* * * * * * *", "every 5m"}) {
    EXPECT_EQ(ErrorOf(bad),
              "is no schedule: it must have 5 or 6 fields, or be \"@every "
              "<n><unit>\", got \""s +
                  bad + "\"");
  }
}

TEST(ParseExpression, ErrorsArePrintableWhateverTheTextHolds) {
  EXPECT_EQ(ErrorOf("ö\0\n * * * *"s),
            "is no schedule: field 1 (minute) must be within 0-59, got \"???\"");
  EXPECT_EQ(ErrorOf(std::string(5000, '*') + " * * * *"),
            "is no schedule: field 1 (minute) must be within 0-59, got \"" + std::string(40, '*') +
                "...\"");
}

}  // namespace
}  // namespace honker
