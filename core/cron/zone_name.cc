#include "core/cron/zone_name.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "core/cron/civil.h"
#include "core/cron/local_zone.h"

namespace honker {
namespace {

constexpr int64_t kBegin = 1'704'067'200;  // 2024-01-01 00:00
constexpr int64_t kEnd = 1'735'689'600;    // 2025-01-01 00:00

std::string OffsetText(int64_t offset) {
  const int64_t distance = std::llabs(offset);
  char text[64];
  std::snprintf(text, sizeof text, "UTC%c%02d:%02d", offset < 0 ? '-' : '+',
                static_cast<int>(distance / 3600), static_cast<int>(distance / 60 % 60));
  std::string whole = text;
  if (distance % 60 != 0)
    whole += (distance % 60 < 10 ? ":0" : ":") + std::to_string(distance % 60);
  return whole;
}

std::string MomentText(int64_t instant) {
  const int64_t day = instant / kDayS;
  const Date date = DateOfDay(day);
  const int64_t minute = instant % kDayS / 60;
  char text[64];
  std::snprintf(text, sizeof text, "%d-%02d-%02d %02d:%02d", static_cast<int>(date.year),
                static_cast<int>(date.month), static_cast<int>(date.day),
                static_cast<int>(minute / 60), static_cast<int>(minute % 60));
  return text;
}

}  // namespace

std::string LocalZoneName() {
  // A zone of its own: that of the schedules keeps what it remembers.
  LocalZone zone;
  std::string name;
  std::optional<int64_t> offset;
  for (int64_t instant = kBegin; instant < kEnd;) {
    const std::optional<Stretch> stretch = zone.At(instant);
    if (!stretch) return "unknown";
    if (offset && *offset != stretch->offset) {
      name += OffsetText(*offset) + " until " + MomentText(instant) + ", ";
    }
    offset = stretch->offset;
    instant = std::max(stretch->end, instant + 1);
  }
  return name + OffsetText(*offset);
}

}  // namespace honker
