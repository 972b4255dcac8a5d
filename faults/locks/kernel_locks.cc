#include "faults/locks/kernel_locks.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace faults::locks {
namespace {

std::optional<std::string> ReadAll(const char* path) {
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  std::string text;
  char chunk[16384];
  ssize_t n;
  while ((n = read(fd, chunk, sizeof chunk)) > 0 || (n < 0 && errno == EINTR)) {
    if (n > 0) text.append(chunk, static_cast<size_t>(n));
  }
  close(fd);
  if (n < 0) return std::nullopt;
  return text;
}

}  // namespace

std::optional<std::vector<KernelLock>> ReadKernelLocks() {
  // 3: POSIX  ADVISORY  READ 4711 fe:01:394827 1073741826 1073742335
  const std::optional<std::string> text = ReadAll("/proc/locks");
  if (!text) return std::nullopt;
  std::vector<KernelLock> locks;
  for (const char* line = text->c_str(); *line != '\0';) {
    const char* newline = std::strchr(line, '\n');
    char mode[16];
    char end[32];
    long pid = 0;
    unsigned long ino = 0;
    long long start = 0;
    // A waiter's line has "->" in front of POSIX.
    if (std::sscanf(line, "%*d: POSIX ADVISORY %15s %ld %*x:%*x:%lu %lld %31s", mode, &pid, &ino,
                    &start, end) == 5) {
      locks.push_back({.pid = static_cast<pid_t>(pid),
                       .ino = ino,
                       .write = std::strcmp(mode, "WRITE") == 0,
                       .start = start,
                       .end = std::strcmp(end, "EOF") == 0 ? INT64_MAX : std::atoll(end)});
    }
    if (newline == nullptr) break;
    line = newline + 1;
  }
  return locks;
}

bool Covers(const std::vector<KernelLock>& locks, const KernelLock& wanted) {
  int64_t uncovered = wanted.start;
  for (bool moved = true; moved;) {
    moved = false;
    for (const KernelLock& lock : locks) {
      if (lock.pid != wanted.pid || lock.ino != wanted.ino || (wanted.write && !lock.write) ||
          lock.start > uncovered || lock.end < uncovered) {
        continue;
      }
      if (lock.end >= wanted.end) return true;
      uncovered = lock.end + 1;
      moved = true;
    }
  }
  return false;
}

}  // namespace faults::locks
