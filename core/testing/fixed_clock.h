// A clock that stands still, so that what fails today fails tomorrow, and the last second of a
// lease can be met.
//
// unixepoch() asks the VFS of its connection (https://www.sqlite.org/c3ref/vfs.html). This one is
// the default VFS with another clock; nothing else differs.
#ifndef CORE_TESTING_FIXED_CLOCK_H_
#define CORE_TESTING_FIXED_CLOCK_H_

#include <cstdint>

namespace honker::testing {

// The name to open connections with. Registered by the first call; one thread.
const char* FixedClockVfs();

// What unixepoch() answers from now on, on every connection opened with that VFS.
void SetClock(int64_t unix_s);

// Where the clock stands at first: in January 2027.
inline constexpr int64_t kNow = 1'800'000'000;

}  // namespace honker::testing

#endif  // CORE_TESTING_FIXED_CLOCK_H_
