// SCHED-CRON: next-after against a brute-force search that shares no code with it.
//
// The search walks through real time, second by second where it matters and minute by minute where
// the clock runs evenly in between, asks localtime_r() what the wall shows, and applies the rule of
// next_after.h as it is worded. It reads no expression: RapidCheck draws the parts of one, the
// search looks at the parts, and their text goes to the parser. Moments are drawn near clock
// changes, leap days, year ends and 2038. A zone is the whole process's: each test has one, set
// before anything is asked.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <stdlib.h>
#include <time.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "core/cron/next_after.h"

namespace honker {
namespace {

constexpr int64_t kHour = 3600;
constexpr int64_t kDay = 24 * kHour;

// `*`, `v` or `a-b` with or without a step.
struct Item {
  int first;
  int last;
  int64_t step;  // 0: none is written
  enum { kStar, kValue, kRange } form;
};

struct Field {
  int low;
  int high;
  std::vector<Item> items;

  bool Allows(int value) const {
    return std::ranges::any_of(items, [value](const Item& item) {
      return value >= item.first && value <= item.last &&
             (value - item.first) % std::max<int64_t>(item.step, 1) == 0;
    });
  }
  bool AllowsAll() const {
    for (int value = low; value <= high; ++value) {
      if (!Allows(value)) return false;
    }
    return true;
  }
  std::string Text() const {
    std::string text;
    for (const Item& item : items) {
      if (!text.empty()) text += ',';
      if (item.form == Item::kStar) text += '*';
      if (item.form != Item::kStar) text += std::to_string(item.first);
      if (item.form == Item::kRange) text += '-' + std::to_string(item.last);
      if (item.step != 0) text += '/' + std::to_string(item.step);
    }
    return text;
  }
};

struct Parts {
  Field second, minute, hour, day, month, weekday;
  bool with_second;

  bool AllowsDate(const tm& t) const {
    return day.Allows(t.tm_mday) && month.Allows(t.tm_mon + 1) && weekday.Allows(t.tm_wday);
  }
  bool AllowsMinute(const tm& t) const {
    return minute.Allows(t.tm_min) && hour.Allows(t.tm_hour) && AllowsDate(t);
  }
  bool Allows(const tm& t) const { return second.Allows(t.tm_sec) && AllowsMinute(t); }
  // Is there such a day in any year?
  bool CanMatch() const {
    constexpr int kLongest[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    for (int m = 1; m <= 12; ++m) {
      for (int d = 1; d <= kLongest[m - 1]; ++d) {
        if (month.Allows(m) && day.Allows(d)) return true;
      }
    }
    return false;
  }
  std::string Text() const {
    std::string text = with_second ? second.Text() + ' ' : "";
    for (const Field* field : {&minute, &hour, &day, &month}) text += field->Text() + ' ';
    return text + weekday.Text();
  }
};

tm Local(int64_t instant) {
  const time_t time = instant;
  tm fields;
  if (localtime_r(&time, &fields) == nullptr) std::abort();
  return fields;
}

// What the wall shows, as seconds of a clock without a zone.
int64_t Wall(const tm& fields) {
  tm copy = fields;
  return timegm(&copy);
}
int64_t WallAt(int64_t instant) { return Wall(Local(instant)); }

tm FieldsOfWall(int64_t wall) {
  const time_t time = wall;
  tm fields;
  gmtime_r(&time, &fields);
  return fields;
}

// The brute-force search, in (from, until].
class Walk {
 public:
  Walk(const Parts& parts, int64_t from, int64_t until)
      : parts_(parts), from_(from), until_(until) {}

  std::optional<int64_t> FirstFire() {
    const bool real_time = parts_.hour.AllowsAll();
    if (!real_time) HearWhatWasShown();
    for (int64_t at = from_ + 1; at <= until_;) {
      const tm here = Local(at);
      if (real_time ? parts_.Allows(here) : IsFirst(at, here)) return at;
      highest_ = std::max(highest_, Wall(here));
      at = parts_.AllowsMinute(here) ? at + 1 : Onward(at, here);
    }
    return std::nullopt;
  }

 private:
  // The next minute of the wall; the next second where the clock does not run evenly until then.
  static int64_t Onward(int64_t at, const tm& here) {
    const int64_t next = at + 60 - std::min(here.tm_sec, 59);
    return WallAt(next) - Wall(here) == next - at ? next : at + 1;
  }

  void HearWhatWasShown() {
    for (int64_t at = from_ - 3 * kDay; at <= from_;) {
      const tm here = Local(at);
      highest_ = std::max(highest_, Wall(here));
      at = Onward(at, here);
    }
    highest_ = std::max(highest_, WallAt(from_));
  }

  // A wall time that matches and was not shown before, or that a gap right before `at` swallowed.
  bool IsFirst(int64_t at, const tm& here) const {
    if (Wall(here) > highest_ && parts_.Allows(here)) return true;
    for (int64_t wall = WallAt(at - 1) + 1; wall < Wall(here); ++wall) {
      if (wall > highest_ && parts_.Allows(FieldsOfWall(wall))) return true;
    }
    return false;
  }

  const Parts& parts_;
  int64_t from_;
  int64_t until_;
  int64_t highest_ = INT64_MIN;
};

// The clock changes between 1930 and 2045, by looking every six hours.
std::vector<int64_t> ClockChanges() {
  constexpr int64_t kBegin = -40 * 365 * kDay;
  constexpr int64_t kEnd = 75 * 366 * kDay;
  std::vector<int64_t> changes;
  for (int64_t at = kBegin; at < kEnd; at += 6 * kHour) {
    int64_t low = at;
    int64_t high = at + 6 * kHour;
    const auto offset = [](int64_t instant) { return WallAt(instant) - instant; };
    if (offset(low) == offset(high)) continue;
    while (high - low > 1) {
      const int64_t middle = low + (high - low) / 2;
      (offset(middle) == offset(low) ? low : high) = middle;
    }
    changes.push_back(high);
  }
  return changes;
}

int64_t UtcDate(int year, int month, int day) {
  tm fields{};
  fields.tm_year = year - 1900;
  fields.tm_mon = month - 1;
  fields.tm_mday = day;
  return timegm(&fields);
}

int64_t NearBy() {
  return *rc::gen::oneOf(rc::gen::inRange<int64_t>(-3, 4), rc::gen::inRange(-2 * kHour, 2 * kHour),
                         rc::gen::inRange(-3 * kDay, 3 * kDay),
                         rc::gen::element<int64_t>(-kDay, -kHour, -1800, 1800, kHour, kDay));
}

int64_t DrawMoment(const std::vector<int64_t>& changes) {
  const int kind = *rc::gen::weightedElement<int>(
      {{changes.empty() ? 0 : 6, 0}, {1, 1}, {1, 2}, {1, 3}, {2, 4}});
  const int year = *rc::gen::inRange(1935, 2110);
  switch (kind) {
    case 0:
      return *rc::gen::elementOf(changes) + NearBy();
    case 1:
      return UtcDate(year, 2, 28) + NearBy();
    case 2:
      return UtcDate(year, 12, 31) + NearBy();
    case 3:
      return INT64_C(0x80000000) + NearBy();
    default:
      return *rc::gen::inRange(UtcDate(1935, 1, 1), UtcDate(2110, 1, 1));
  }
}

// Values near `hint` and at the edges more often than others.
int DrawValue(int low, int high, int hint) {
  return *rc::gen::oneOf(
      rc::gen::inRange(low, high + 1), rc::gen::element(low, high, low + 1, (low + high) / 2),
      rc::gen::map(rc::gen::inRange(-1, 3),
                   [low, high, hint](int more) { return std::clamp(hint + more, low, high); }));
}

Item DrawItem(int low, int high, int hint) {
  const int form = *rc::gen::inRange(0, 3);
  const int64_t step = *rc::gen::weightedOneOf<int64_t>({{3, rc::gen::just<int64_t>(0)},
                                                         {2, rc::gen::inRange<int64_t>(1, 8)},
                                                         {1, rc::gen::inRange<int64_t>(1, 100)}});
  if (form == 0) return {low, high, step, Item::kStar};
  const int first = DrawValue(low, high, hint);
  if (form == 1) return {first, step == 0 ? first : high, step, Item::kValue};
  return {first, *rc::gen::inRange(first, high + 1), step, Item::kRange};
}

// `star`: how often, of ten, the field is `*`.
Field DrawField(int low, int high, int hint, int star) {
  Field field{low, high, {}};
  if (*rc::gen::inRange(0, 10) < star) {
    field.items.push_back({low, high, 0, Item::kStar});
    return field;
  }
  const int count = *rc::gen::weightedElement<int>({{5, 1}, {2, 2}, {1, 4}});
  for (int i = 0; i < count; ++i) field.items.push_back(DrawItem(low, high, hint));
  return field;
}

Parts DrawParts(int64_t near) {
  const tm hint = Local(near);
  const bool with_second = *rc::gen::weightedElement<bool>({{3, false}, {1, true}});
  Parts parts{.second = {0, 59, {{0, 0, 0, Item::kValue}}},
              .minute = DrawField(0, 59, hint.tm_min, 3),
              .hour = DrawField(0, 23, hint.tm_hour, 3),
              .day = DrawField(1, 31, hint.tm_mday, 7),
              .month = DrawField(1, 12, hint.tm_mon + 1, 7),
              .weekday = DrawField(0, 6, hint.tm_wday, 7),
              .with_second = with_second};
  if (with_second) parts.second = DrawField(0, 59, hint.tm_sec, 2);
  return parts;
}

Expression Parsed(const std::string& text) {
  Result<Expression> parsed = ParseExpression(text);
  if (!parsed.ok()) RC_FAIL(text + ": " + parsed.error().message);
  return std::move(parsed).value();
}

std::optional<int64_t> Next(const Expression& expression, int64_t from) {
  const Result<std::optional<int64_t>> next = NextAfter(expression, from);
  if (!next.ok()) RC_FAIL(next.error().message);
  return next.value();
}

// No date between the two matches, by looking every hour.
void CheckNoDateMatches(const Parts& parts, int64_t begin, int64_t end) {
  for (int64_t at = begin; at < end; at += kHour) {
    if (parts.AllowsDate(Local(at))) RC_FAIL("a date matches at " + std::to_string(at));
  }
}

class Zone : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const std::string name = GetParam();
    if (name.find(',') == std::string::npos) {  // not a rule in POSIX's words
      const char* folder = getenv("TZDIR");
      ASSERT_TRUE(std::filesystem::exists(
          std::string(folder == nullptr ? "/usr/share/zoneinfo" : folder) + "/" + name))
          << name << " is not in the time zone database of this machine: package tzdata";
    }
    setenv("TZ", name.c_str(), 1);
    tzset();
    changes_ = ClockChanges();
    // A zone that silently is UTC would prove nothing.
    ASSERT_EQ(changes_.empty(), name == "UTC");
  }

  std::vector<int64_t> changes_;
};

TEST_P(Zone, NextAfterIsWhatABruteForceSearchFinds) {
  rc::detail::checkGTest([this] {
    const int64_t from = DrawMoment(changes_);
    const Parts parts = DrawParts(from);
    RC_LOG() << parts.Text() << " after " << from << "\n";
    const std::optional<int64_t> next = Next(Parsed(parts.Text()), from);
    if (next) {
      RC_CLASSIFY(*next - from > 4 * kDay, "more than four days");
      RC_CLASSIFY(WallAt(*next) - WallAt(from) != *next - from, "across a clock change");
      RC_CLASSIFY(WallAt(*next) - WallAt(*next - 1) != 1, "at a clock change");
    }
    if (!next) {
      RC_ASSERT_FALSE(parts.CanMatch());
      return;
    }
    RC_ASSERT(*next > from);
    // Where the date matches something fires on that day, or at the end of a gap after it. So the
    // days at both ends are walked in detail, and what lies between by date.
    constexpr int64_t kDetail = 2 * kDay;
    if (*next - from <= 2 * kDetail) {
      RC_ASSERT(Walk(parts, from, *next).FirstFire() == next);
      return;
    }
    RC_ASSERT(Walk(parts, from, from + kDetail).FirstFire() == std::nullopt);
    CheckNoDateMatches(parts, from + kDetail, *next - kDetail);
    RC_ASSERT(Walk(parts, *next - kDetail, *next).FirstFire() == next);
  });
}

TEST_P(Zone, EveryMomentBeforeTheNextFireLeadsToIt) {
  rc::detail::checkGTest([this] {
    int64_t from = DrawMoment(changes_);
    const Parts parts = DrawParts(from);
    RC_LOG() << parts.Text() << " after " << from << "\n";
    const Expression expression = Parsed(parts.Text());
    for (int i = 0; i < 20; ++i) {
      const std::optional<int64_t> next = Next(expression, from);
      if (!next) return;
      RC_ASSERT(*next > from);
      RC_ASSERT(Next(expression, *next - 1) == next);
      RC_ASSERT(Next(expression, *rc::gen::inRange(from, *next)) == next);
      from = *next;
    }
  });
}

std::string NameOf(const ::testing::TestParamInfo<const char*>& info) {
  std::string name = info.param;
  std::ranges::replace_if(
      name, [](char c) { return isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(
    Of, Zone,
    ::testing::Values("UTC", "Europe/Berlin", "America/New_York",
                      "America/St_Johns",     // changed its clock a minute past midnight
                      "Australia/Lord_Howe",  // by half an hour
                      "Asia/Kathmandu",       // a quarter off
                      "Africa/Casablanca",    // off in Ramadan
                      "Pacific/Apia",         // left out a day
                      "America/Sao_Paulo",    // at midnight: days began at one
                      "Asia/Tehran", "Asia/Gaza",
                      "Antarctica/Troll",             // by two hours
                      "Africa/Monrovia",              // not whole minutes from UTC
                      "Africa/Freetown",              // there and back in four days
                      "XXX3YYY,M10.2.0/0,M3.3.0/0"),  // no file
    NameOf);

}  // namespace
}  // namespace honker
