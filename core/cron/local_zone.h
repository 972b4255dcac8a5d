// The local time zone of the process, as stretches of time in which its clock runs evenly.
//
// The C library is asked, through localtime_r() alone: no file is read and TZ is never touched, so
// what it says about TZ, /etc/localtime and the rules beyond the last year of a file is what counts
// here. It is thread-safe and slow (it takes a lock, and past 2037 it reads the rule anew each
// time), so the answers are kept, in each thread for itself and for a second at most: a program
// that changes its zone with tzset() is followed.
//
// Not seen: a zone that changes its offset and takes the change back within three days. The time
// zone database has none: the shortest time between such changes is just under four (Freetown,
// 1939).
#ifndef CORE_CRON_LOCAL_ZONE_H_
#define CORE_CRON_LOCAL_ZONE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace honker {

// What the local clock shows is `instant + offset` for every instant from `begin` to before `end`.
// The same may go on beyond either.
struct Stretch {
  int64_t begin;
  int64_t end;
  int64_t offset;
};

class LocalZone {
 public:
  // No local clock is farther from UTC, and none is changed by more than twice that.
  static constexpr int64_t kMostOffsetS = 26 * 3600;
  static constexpr int64_t kMostChangeS = 2 * kMostOffsetS;

  // The calling thread's, not older than a second and right about `instant`.
  static LocalZone& AsOf(int64_t instant);

  // The stretch that `instant` is in, or nothing where the C library has no local time (some
  // billions of years away).
  std::optional<Stretch> At(int64_t instant);

 private:
  std::optional<Stretch> Remembered(int64_t instant);

  static constexpr size_t kRemembered = 32;
  std::array<Stretch, kRemembered> stretches_;
  size_t count_ = 0;
  size_t newest_ = 0;
  int64_t since_s_ = 0;  // CLOCK_MONOTONIC
};

}  // namespace honker

#endif  // CORE_CRON_LOCAL_ZONE_H_
