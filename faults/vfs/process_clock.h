// The clock of this process: what its connections are told the time is.

#ifndef HONKER_FAULTS_VFS_PROCESS_CLOCK_H_
#define HONKER_FAULTS_VFS_PROCESS_CLOCK_H_

#include <atomic>

#include "faults/clock.h"

namespace faults::vfs {

// Its own, unless another one was given. Lives until the process ends.
Clock& ProcessClock();

// Before the first call of ProcessClock.
void UseClock(Clock clock);

// Whether SQLite's own waits (xSleep) are over at once, as if they had taken their time. Off at
// first.
std::atomic<bool>& Hurried();

}  // namespace faults::vfs

#endif  // HONKER_FAULTS_VFS_PROCESS_CLOCK_H_
