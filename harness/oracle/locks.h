// Locks of a process as the runner saw them through the kernel, and which of them went missing.
#ifndef HARNESS_ORACLE_LOCKS_H_
#define HARNESS_ORACLE_LOCKS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "harness/history/history.h"

namespace harness {

// A POSIX lock on bytes start..end, both included.
struct Lock {
  std::string file;  // db, wal, shm
  bool write = false;
  int64_t start = 0;
  int64_t end = 0;
  // "read lock on db, bytes 1073741826..1073742335"
  std::string Text() const;
};

// The locks of one `locks` event. An `end` below 0, or text (EOF), is the end of every file.
std::vector<Lock> LocksOf(const Op& op);

// Those of `before` of which a byte is not covered by locks of `after` that are at least as strong.
std::vector<Lock> Missing(const std::vector<Lock>& before, const std::vector<Lock>& after);

struct LostLock {
  size_t before_op;
  size_t after_op;
  Lock lock;
};

struct LockReport {
  int64_t pairs = 0;  // an event before and the next one after, of one process
  int64_t held = 0;   // locks in the events before, of those pairs
  std::vector<LostLock> lost;
};

LockReport CompareLocks(const History& history);

}  // namespace harness

#endif  // HARNESS_ORACLE_LOCKS_H_
