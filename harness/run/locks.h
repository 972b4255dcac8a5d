// The locks that a process holds on a database, as every other process sees them
// (faults/locks/kernel_locks.h).
#ifndef HARNESS_RUN_LOCKS_H_
#define HARNESS_RUN_LOCKS_H_

#include <sys/types.h>

#include <string>

#include "harness/base/value.h"

namespace harness {

// [{"file":"db|wal|shm|journal","mode":"read|write","start":n,"end":n}] in a stable order; `end` -1
// means to the end of the file. Empty where it holds none. Files that are not there hold none,
// and neither does a process that is gone or may not be looked at.
Value LocksOf(pid_t pid, const std::string& database);

}  // namespace harness

#endif  // HARNESS_RUN_LOCKS_H_
