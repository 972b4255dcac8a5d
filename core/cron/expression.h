// What a schedule's expression says, read once.
//
//   @every <n><unit>    n >= 1, unit s, m, h or d: every so many seconds, whatever the zone
//   minute hour day-of-month month day-of-week, or the same six with a second in front
//
// A field is a list, parted by commas, of `*`, `v` or `a-b`, each with an optional `/step`: every
// step-th value from the first on; `v/step` goes on to the field's last value, as `v-last/step`.
// Seconds and minutes 0-59, hours 0-23, days 1-31, months 1-12, weekdays 0-6 from Sunday on. No
// names. Day of month and day of week must both match. White space parts the fields and may
// surround them.
//
// What fires when a clock is changed is not said here but in next_after.h: this file knows no zone.
#ifndef CORE_CRON_EXPRESSION_H_
#define CORE_CRON_EXPRESSION_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "core/base/result.h"

namespace honker {

// The values that each field allows: bit v stands for the value v.
struct CronFields {
  uint64_t seconds = 0;
  uint64_t minutes = 0;
  uint64_t hours = 0;
  uint64_t days = 0;
  uint64_t months = 0;
  uint64_t weekdays = 0;
};

// Cron's fields, ready for the search.
class CronExpression {
 public:
  explicit CronExpression(const CronFields& fields);

  const CronFields& fields() const { return fields_; }
  bool AllowsEveryHour() const { return fields_.hours == (uint64_t{1} << 24) - 1; }

  // The first wall time from `wall` on that matches, or nothing where that lies behind the day
  // `last_day`. Wall times are what a clock without a zone shows, in seconds since it showed
  // 1970-01-01 00:00:00; `last_day` is a day number of such a clock. By calendar arithmetic: at
  // most one look at each month in between.
  std::optional<int64_t> FirstMatch(int64_t wall, int64_t last_day) const;

 private:
  std::optional<int64_t> FirstDay(int64_t day, int64_t last_day) const;
  std::optional<int64_t> FirstSecondOfDay(int64_t second) const;

  CronFields fields_;
  int64_t first_second_of_day_;
  // Bit n is the weekday n % 7: shifted by that of a month's first day, the days of that month.
  uint64_t weekdays_on_;
};

struct Interval {
  int64_t seconds;
};

using Expression = std::variant<Interval, CronExpression>;

// The error is the rest of a sentence that begins with the expression's name: "is no schedule:
// field 1 (minute) must be within 0-59, got \"61\"". Printable ASCII, whatever `text` holds.
Result<Expression> ParseExpression(std::string_view text);

}  // namespace honker

#endif  // CORE_CRON_EXPRESSION_H_
