#include "core/cron/local_zone.h"

#include <time.h>

#include <algorithm>

#include "core/cron/civil.h"

namespace honker {
namespace {

// Time is looked at in blocks of three days: at both ends, and where these differ the changes
// between them are closed in on. So the cost of one question is bounded, in a zone without changes
// as well.
constexpr int64_t kBlockS = int64_t{1} << 18;

// Beyond, the year of a tm does not fit into its int: localtime_r() has long refused.
constexpr int64_t kFarthest = int64_t{1} << 57;

// From the fields, not from tm_gmtoff: POSIX has no such member, and in a zone that counts leap
// seconds the fields are what a wall clock shows.
std::optional<int64_t> OffsetAt(int64_t instant) {
  const time_t time = instant;
  tm local;
  if (localtime_r(&time, &local) == nullptr) return std::nullopt;
  const int64_t day = DayNumber({int64_t{local.tm_year} + 1900, local.tm_mon + 1, local.tm_mday});
  return day * kDayS + local.tm_hour * 3600 + local.tm_min * 60 + local.tm_sec - instant;
}

// The first instant after `same`, at most `other`, whose offset is not `offset`, which is that of
// `same` and not that of `other`.
std::optional<int64_t> ChangeBetween(int64_t same, int64_t other, int64_t offset) {
  while (other - same > 1) {
    const int64_t middle = same + (other - same) / 2;
    const std::optional<int64_t> found = OffsetAt(middle);
    if (!found) return std::nullopt;
    (*found == offset ? same : other) = middle;
  }
  return other;
}

std::optional<Stretch> Find(int64_t instant) {
  if (instant < -kFarthest || instant > kFarthest) return std::nullopt;
  const int64_t block_begin = instant & ~(kBlockS - 1);
  const int64_t block_end = block_begin + kBlockS;
  std::optional<int64_t> offset = OffsetAt(block_begin);
  const std::optional<int64_t> last_offset = OffsetAt(block_end);
  if (!offset || !last_offset) return std::nullopt;
  int64_t begin = block_begin;
  while (offset != last_offset) {
    const std::optional<int64_t> change = ChangeBetween(begin, block_end, *offset);
    if (!change) return std::nullopt;
    if (instant < *change) return Stretch{begin, *change, *offset};
    begin = *change;
    offset = OffsetAt(begin);
    if (!offset) return std::nullopt;
  }
  return Stretch{begin, block_end, *offset};
}

int64_t MonotonicSeconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return now.tv_sec;
}

}  // namespace

LocalZone& LocalZone::AsOf(int64_t instant) {
  static thread_local LocalZone zone;
  const int64_t now_s = MonotonicSeconds();
  const std::optional<Stretch> remembered = zone.Remembered(instant);
  if (zone.since_s_ != now_s || (remembered && OffsetAt(instant) != remembered->offset)) {
    zone.count_ = 0;
    zone.since_s_ = now_s;
  }
  return zone;
}

std::optional<Stretch> LocalZone::Remembered(int64_t instant) {
  const auto holds = [instant](const Stretch& s) { return s.begin <= instant && instant < s.end; };
  if (count_ == 0) return std::nullopt;
  if (holds(stretches_[newest_])) return stretches_[newest_];
  for (size_t i = 0; i < count_; ++i) {
    if (holds(stretches_[i])) return stretches_[i];
  }
  return std::nullopt;
}

std::optional<Stretch> LocalZone::At(int64_t instant) {
  std::optional<Stretch> stretch = Remembered(instant);
  if (stretch) return stretch;
  stretch = Find(instant);
  if (!stretch) return std::nullopt;
  newest_ = count_ < kRemembered ? count_++ : (newest_ + 1) % kRemembered;
  stretches_[newest_] = *stretch;
  return stretch;
}

}  // namespace honker
