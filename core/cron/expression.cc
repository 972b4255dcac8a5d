#include "core/cron/expression.h"

#include <bit>

#include "core/cron/civil.h"

namespace honker {
namespace {

constexpr int kNone = 64;

constexpr uint64_t kEverySeventhBit = 0x0102'0408'1020'4081;  // nine of them: bits 0 to 62

// The lowest set bit from `from` on, or kNone.
int BitFrom(uint64_t bits, int from) {
  if (from >= 64) return kNone;
  return std::countr_zero(bits & (~uint64_t{0} << from));
}

bool Has(uint64_t bits, int value) { return (bits >> value & 1) != 0; }

}  // namespace

CronExpression::CronExpression(const CronFields& fields)
    : fields_(fields),
      first_second_of_day_(BitFrom(fields.hours, 0) * 3600 + BitFrom(fields.minutes, 0) * 60 +
                           BitFrom(fields.seconds, 0)),
      weekdays_on_(fields.weekdays * kEverySeventhBit) {}

std::optional<int64_t> CronExpression::FirstSecondOfDay(int64_t second) const {
  const int hour = static_cast<int>(second / 3600);
  const int minute = static_cast<int>(second / 60 % 60);
  if (Has(fields_.hours, hour)) {
    const int first_second = BitFrom(fields_.seconds, 0);
    if (Has(fields_.minutes, minute)) {
      const int found = BitFrom(fields_.seconds, static_cast<int>(second % 60));
      if (found != kNone) return hour * 3600 + minute * 60 + found;
    }
    const int found = BitFrom(fields_.minutes, minute + 1);
    if (found != kNone) return hour * 3600 + found * 60 + first_second;
  }
  const int found = BitFrom(fields_.hours, hour + 1);
  if (found == kNone) return std::nullopt;
  return found * 3600 + first_second_of_day_ % 3600;
}

std::optional<int64_t> CronExpression::FirstDay(int64_t day, int64_t last_day) const {
  Date date = DateOfDay(day);
  int64_t first_of_month = day - date.day + 1;
  while (first_of_month <= last_day) {
    const int month = BitFrom(fields_.months, date.month);
    if (month == kNone) {
      date = {date.year + 1, 1, 1};
      first_of_month = DayNumber(date);
      continue;
    }
    if (month != date.month) {
      date = {date.year, month, 1};
      first_of_month = DayNumber(date);
    }
    const int length = DaysInMonth(date.year, month);
    const uint64_t on_weekdays = weekdays_on_ >> WeekdayOfDay(first_of_month) << 1;
    const int found = BitFrom(fields_.days & on_weekdays, date.day);
    if (found <= length) {
      const int64_t match = first_of_month + found - 1;
      if (match > last_day) return std::nullopt;
      return match;
    }
    date = {date.year, month + 1, 1};  // a month 13 is none that is allowed
    first_of_month += length;
  }
  return std::nullopt;
}

std::optional<int64_t> CronExpression::FirstMatch(int64_t wall, int64_t last_day) const {
  const int64_t day = FloorDivide(wall, kDayS);
  std::optional<int64_t> match = FirstDay(day, last_day);
  if (match == day) {
    const std::optional<int64_t> second = FirstSecondOfDay(wall - day * kDayS);
    if (second) return day * kDayS + *second;
    match = FirstDay(day + 1, last_day);
  }
  if (!match) return std::nullopt;
  return *match * kDayS + first_second_of_day_;
}

}  // namespace honker
