// A clock that stands still, so that an input which fails today fails tomorrow.
//
// unixepoch() asks the VFS of its connection (https://www.sqlite.org/c3ref/vfs.html). This one is
// the default VFS with another clock; nothing else differs.
#ifndef FUZZ_FIXED_CLOCK_H_
#define FUZZ_FIXED_CLOCK_H_

#include <cstdint>

namespace honker::fuzz {

// The name to open connections with. Registered by the first call; one thread.
const char* FixedClockVfs();

// What unixepoch() answers from now on, on every connection opened with that VFS.
void SetClock(int64_t unix_s);

// The moment that the rows of a World (world.h) are laid around.
inline constexpr int64_t kNow = 1'800'000'000;

}  // namespace honker::fuzz

#endif  // FUZZ_FIXED_CLOCK_H_
