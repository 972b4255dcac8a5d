// POSIX locks as the kernel shows them to everybody: /proc/locks.
//
// A line names an inode by the device of its file system, which is not always the one that stat
// reports (btrfs, overlay), so locks are told apart by process and inode number.
//
// Reading opens no database and releases nobody's locks. Not covered: open file description locks
// and flock, which SQLite does not use; a kernel without /proc/locks; holders in a process-id
// namespace that this process does not see.
#ifndef HONKER_FAULTS_LOCKS_KERNEL_LOCKS_H_
#define HONKER_FAULTS_LOCKS_KERNEL_LOCKS_H_

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace faults::locks {

struct KernelLock {
  pid_t pid = 0;
  uint64_t ino = 0;
  bool write = false;
  int64_t start = 0;
  int64_t end = 0;  // included; INT64_MAX: to the end of every file
};

// All that are held (not those that are waited for) at one moment. Empty optional: /proc/locks
// cannot be read.
[[nodiscard]] std::optional<std::vector<KernelLock>> ReadKernelLocks();

// Whether that process holds a lock at least as strong on each of the bytes. The kernel merges and
// splits ranges, so several may cover them together.
[[nodiscard]] bool Covers(const std::vector<KernelLock>& locks, const KernelLock& wanted);

}  // namespace faults::locks

#endif  // HONKER_FAULTS_LOCKS_KERNEL_LOCKS_H_
