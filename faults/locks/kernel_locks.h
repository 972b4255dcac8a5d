// POSIX locks as the kernel shows them to everybody, in two ways.
//
// /proc/locks has all of them at once, and is cheap; but it is read a page at a time, and a lock
// that goes between two pages hides one that stays (measured: 3 of 5,000 looks among 101 locks of
// busy processes missed one; none of 40,000 among 47, which fit on a page). And it names an inode
// by the device of its file system, which is not always the one that stat reports (btrfs, overlay),
// so locks are told apart by process and inode number. What is not there is asked for again, in
// /proc/PID/fdinfo: one descriptor's locks in one piece.
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

// All that are held, not those that are waited for. What is there is held; what is not may be held
// all the same. Empty optional: /proc/locks cannot be read.
[[nodiscard]] std::optional<std::vector<KernelLock>> ReadKernelLocks();

// Those of one process on one file (as stat names it), through whichever of its descriptors. What
// is held all the while is there. Empty optional: this user may not look, or there is no such
// process.
[[nodiscard]] std::optional<std::vector<KernelLock>> ReadLocksOnFile(pid_t pid, uint64_t dev,
                                                                     uint64_t ino);

// Whether that process holds a lock at least as strong on each of the bytes. The kernel merges and
// splits ranges, so several may cover them together.
[[nodiscard]] bool Covers(const std::vector<KernelLock>& locks, const KernelLock& wanted);

}  // namespace faults::locks

#endif  // HONKER_FAULTS_LOCKS_KERNEL_LOCKS_H_
