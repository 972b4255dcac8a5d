#include "core/cron/next_after.h"

#include <algorithm>
#include <string>

#include "core/cron/civil.h"
#include "core/cron/local_zone.h"

namespace honker {
namespace {

constexpr int64_t kHorizonYears = 100;

Error OutOfRange(const std::string& why) { return {1, "is out of range: " + why}; }

// One search, from one instant.
class Search {
 public:
  Search(const CronExpression& expression, int64_t from)
      : expression_(expression), from_(from), zone_(LocalZone::AsOf(from)) {}

  Result<std::optional<int64_t>> Run() {
    const std::optional<Stretch> here = StretchAt(from_);
    if (here) {
      const Date today = DateOfDay(FloorDivide(from_ + here->offset, kDayS));
      last_day_ = DayNumber({today.year + kHorizonYears, today.month, today.day});
      const std::optional<int64_t> next =
          expression_.AllowsEveryHour() ? InRealTime() : OnceForEachWallTime();
      if (!unknown_) return next;
    }
    return OutOfRange("there is no local time at " + std::to_string(*unknown_));
  }

 private:
  std::optional<Stretch> StretchAt(int64_t instant) {
    std::optional<Stretch> stretch = zone_.At(instant);
    if (!stretch) unknown_ = instant;
    return stretch;
  }

  std::optional<int64_t> InRealTime() {
    for (int64_t at = from_ + 1;;) {
      const std::optional<Stretch> stretch = StretchAt(at);
      if (!stretch) return std::nullopt;
      const std::optional<int64_t> wall = expression_.FirstMatch(at + stretch->offset, last_day_);
      if (!wall) return std::nullopt;
      if (*wall - stretch->offset < stretch->end) return *wall - stretch->offset;
      // No wall time in between matches, so what the clock shows in between need not be looked at
      // in detail. Only a change nearby may show earlier times again.
      const int64_t here = at;
      at = stretch->end;
      if (at - here > LocalZone::kMostChangeS) {
        at = std::max(at, *wall - LocalZone::kMostOffsetS);
      }
    }
  }

  std::optional<int64_t> OnceForEachWallTime() {
    const std::optional<int64_t> reached = HighestWall();
    if (!reached) return std::nullopt;
    const std::optional<int64_t> wall = expression_.FirstMatch(*reached + 1, last_day_);
    if (!wall) return std::nullopt;
    return FirstInstantAt(*wall);
  }

  // The latest wall time that the clock has shown up to now: later than what it shows in the second
  // pass of a repeated hour.
  std::optional<int64_t> HighestWall() {
    std::optional<Stretch> stretch = StretchAt(from_);
    if (!stretch) return std::nullopt;
    int64_t highest = from_ + stretch->offset;
    while (stretch->begin > from_ - LocalZone::kMostChangeS) {
      const int64_t last = stretch->begin - 1;
      stretch = StretchAt(last);
      if (!stretch) return std::nullopt;
      highest = std::max(highest, last + stretch->offset);
    }
    return highest;
  }

  // The first instant at which the clock has got to `wall`, or beyond it in one leap.
  std::optional<int64_t> FirstInstantAt(int64_t wall) {
    for (int64_t at = wall - LocalZone::kMostOffsetS;;) {
      const std::optional<Stretch> stretch = StretchAt(at);
      if (!stretch) return std::nullopt;
      if (wall - stretch->offset < stretch->end) return std::max(wall - stretch->offset, at);
      at = stretch->end;
    }
  }

  const CronExpression& expression_;
  int64_t from_;
  LocalZone& zone_;
  int64_t last_day_ = 0;
  std::optional<int64_t> unknown_;  // an instant without local time
};

}  // namespace

Result<std::optional<int64_t>> NextAfter(const Expression& expression, int64_t from) {
  if (const auto* interval = std::get_if<Interval>(&expression)) {
    int64_t next = 0;
    if (!__builtin_add_overflow(from, interval->seconds, &next)) return std::optional(next);
    return OutOfRange(std::to_string(from) + " + " + std::to_string(interval->seconds) +
                      " does not fit into 64 bits");
  }
  return Search(std::get<CronExpression>(expression), from).Run();
}

}  // namespace honker
