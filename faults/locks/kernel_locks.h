// POSIX locks as the kernel shows them to everybody: in /proc/PID/fdinfo, each descriptor's file
// by itself.
//
// /proc/locks has all of them at once, and is not read: it keeps every lock call of the machine
// waiting for as long (measured: a watcher that looks once a millisecond slept up to 3.9 times in
// one, beside ten processes that read it); it is read a page at a time, and a lock that goes
// between two pages hides one that stays (3 of 5,000 looks among 101 locks of busy processes).
//
// Reading opens no database and releases nobody's locks. Not covered: open file description locks
// and flock, which SQLite does not use; holders in a process-id namespace that this process does
// not see.
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

// Those of one process on one file, through one of its descriptors. The file is known by what stat
// says, or by the inode number of the lock itself: btrfs has others there, and a copy-up of overlay
// changes the one and not the other. Empty, too, where the descriptor is not open, is another
// file's, or may not be looked at.
[[nodiscard]] std::vector<KernelLock> ReadLocksThrough(pid_t pid, int fd, uint64_t dev,
                                                       uint64_t ino);

// The same through whichever of its descriptors that stat says is that file's. What is held all the
// while is there. Empty optional: this user may not look, or there is no such process.
[[nodiscard]] std::optional<std::vector<KernelLock>> ReadLocksOnFile(pid_t pid, uint64_t dev,
                                                                     uint64_t ino);

// Whether that process holds a lock at least as strong on each of the bytes. The kernel merges and
// splits ranges, so several may cover them together.
[[nodiscard]] bool Covers(const std::vector<KernelLock>& locks, const KernelLock& wanted);

}  // namespace faults::locks

#endif  // HONKER_FAULTS_LOCKS_KERNEL_LOCKS_H_
