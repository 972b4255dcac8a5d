// When a schedule fires next, in the local time zone of the process.
//
// "@every": so many seconds later, whatever the clocks do.
//
// Cron's fields speak of the local wall clock, which is put forward and back:
// - An expression whose hour field allows every hour follows real time. It fires at every instant
//   at which the clock shows a time that matches: in both passes of a repeated hour, and not at all
//   for what a gap skips.
// - Any other fires once for each time of the calendar that matches, when the clock has got that
//   far for the first time: in the first pass of a repeated hour, and at the first instant after a
//   gap for what the gap swallowed (once, if it swallowed several).
//
// Both are sets of instants that do not depend on `from`, and the answer is the least member after
// `from`: so the answers never go back and never skip, and each is greater than its `from`.
#ifndef CORE_CRON_NEXT_AFTER_H_
#define CORE_CRON_NEXT_AFTER_H_

#include <cstdint>
#include <optional>

#include "core/base/result.h"
#include "core/cron/expression.h"

namespace honker {

// What to say of an expression without a next moment.
inline constexpr char kNeverFires[] = "matches nothing within 100 years";

// Seconds since 1970 UTC. Nothing: no match within a hundred years ("30 February"). Error: 64 bits,
// or what the C library has local time for, do not reach; the message is the rest of a sentence
// that begins with the name of `from`. Callable from any thread.
Result<std::optional<int64_t>> NextAfter(const Expression& expression, int64_t from);

}  // namespace honker

#endif  // CORE_CRON_NEXT_AFTER_H_
