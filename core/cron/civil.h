// Dates of the Gregorian calendar as day numbers (0 is 1970-01-01), without regard to zones.
//
// Shifted to years that begin in March, the leap day is the last day of a year and the months
// repeat in a fixed pattern, so both directions are a few divisions. Valid for every date whose
// seconds fit into 64 bits.
#ifndef CORE_CRON_CIVIL_H_
#define CORE_CRON_CIVIL_H_

#include <cstdint>

namespace honker {

constexpr int64_t kDayS = 86'400;

struct Date {
  int64_t year;
  int month;  // 1-12
  int day;    // 1-31
};

constexpr int64_t FloorDivide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// 400 years have the same number of days, always.
constexpr int64_t kEraDays = 146'097;
constexpr int64_t kEraToEpochDays = 719'468;  // from 0000-03-01 to 1970-01-01

constexpr int64_t DayNumber(const Date& date) {
  const int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const int64_t era = FloorDivide(year, 400);
  const int64_t year_of_era = year - era * 400;
  const int64_t month = (date.month + 9) % 12;  // March is 0
  const int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * kEraDays + day_of_era - kEraToEpochDays;
}

constexpr Date DateOfDay(int64_t day) {
  const int64_t shifted = day + kEraToEpochDays;
  const int64_t era = FloorDivide(shifted, kEraDays);
  const int64_t day_of_era = shifted - era * kEraDays;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month = (5 * day_of_year + 2) / 153;
  const int civil_month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  return {era * 400 + year_of_era + (civil_month <= 2 ? 1 : 0), civil_month,
          static_cast<int>(day_of_year - (153 * month + 2) / 5 + 1)};
}

// 0 is Sunday.
constexpr int WeekdayOfDay(int64_t day) {
  const int64_t since_a_sunday = day + 4;  // 1970-01-01 was a Thursday
  return static_cast<int>(since_a_sunday - FloorDivide(since_a_sunday, 7) * 7);
}

constexpr bool IsLeapYear(int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

constexpr int DaysInMonth(int64_t year, int month) {
  if (month == 2) return IsLeapYear(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

}  // namespace honker

#endif  // CORE_CRON_CIVIL_H_
