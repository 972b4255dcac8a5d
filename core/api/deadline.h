// Deadlines of the monotonic clock that cannot overflow.
#ifndef CORE_API_DEADLINE_H_
#define CORE_API_DEADLINE_H_

#include <algorithm>
#include <chrono>

namespace honker::api {

using Clock = std::chrono::steady_clock;

// A century is for ever, and far from the end of the clock.
inline constexpr std::chrono::milliseconds kForEver = std::chrono::hours(24 * 36525);

inline Clock::time_point DeadlineAfter(std::chrono::milliseconds timeout) {
  return Clock::now() + std::clamp(timeout, std::chrono::milliseconds(0), kForEver);
}

// What is left until `deadline`, rounded up, so that a wait of that length never ends early.
inline std::chrono::milliseconds Until(Clock::time_point deadline) {
  return std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
}

}  // namespace honker::api

#endif  // CORE_API_DEADLINE_H_
