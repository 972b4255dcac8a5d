#include "faults/locks/kernel_locks.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
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

// "3: POSIX  ADVISORY  READ 4711 fe:01:394827 1073741826 1073742335"; a waiter's line has "->" in
// front of POSIX, and is none.
bool ParseLine(const char* line, KernelLock& lock) {
  char mode[16];
  char end[32];
  long pid = 0;
  unsigned long ino = 0;
  long long start = 0;
  if (std::sscanf(line, "%*d: POSIX ADVISORY %15s %ld %*x:%*x:%lu %lld %31s", mode, &pid, &ino,
                  &start, end) != 5) {
    return false;
  }
  lock = {.pid = static_cast<pid_t>(pid),
          .ino = ino,
          .write = std::strcmp(mode, "WRITE") == 0,
          .start = start,
          .end = std::strcmp(end, "EOF") == 0 ? INT64_MAX : std::atoll(end)};
  return true;
}

// Calls `each` for every line of the text.
template <typename Each>
void ForLines(const std::string& text, Each each) {
  for (const char* line = text.c_str(); *line != '\0';) {
    each(line);
    const char* newline = std::strchr(line, '\n');
    if (newline == nullptr) break;
    line = newline + 1;
  }
}

// Adds those of a descriptor, of the inode `ino`; with `any` of whichever that the lines name.
void AddLocksOf(const std::string& base, const std::string& number, pid_t pid, uint64_t ino,
                bool any, std::vector<KernelLock>& locks) {
  const std::optional<std::string> text = ReadAll((base + "/fdinfo/" + number).c_str());
  if (!text) return;  // closed by now
  ForLines(*text, [&](const char* line) {
    KernelLock lock;
    constexpr char kLock[] = "lock:";
    if (std::strncmp(line, kLock, sizeof kLock - 1) != 0 ||
        !ParseLine(line + sizeof kLock - 1, lock) || (!any && lock.ino != ino)) {
      return;
    }
    lock.pid = pid;
    lock.ino = ino;
    locks.push_back(lock);
  });
}

}  // namespace

std::vector<KernelLock> ReadLocksThrough(pid_t pid, int fd, uint64_t dev, uint64_t ino) {
  const std::string base = "/proc/" + std::to_string(pid);
  const std::string number = std::to_string(fd);
  struct stat status {};
  std::vector<KernelLock> locks;
  if (stat((base + "/fd/" + number).c_str(), &status) == 0)
    AddLocksOf(base, number, pid, ino, status.st_ino == ino && status.st_dev == dev, locks);
  return locks;
}

std::optional<std::vector<KernelLock>> ReadLocksOnFile(pid_t pid, uint64_t dev, uint64_t ino) {
  const std::string base = "/proc/" + std::to_string(pid);
  DIR* folder = opendir((base + "/fd").c_str());
  if (folder == nullptr) return std::nullopt;
  std::vector<KernelLock> locks;
  while (const dirent* entry = readdir(folder)) {
    struct stat status {};
    const std::string number = entry->d_name;
    if (stat((base + "/fd/" + number).c_str(), &status) == 0 && status.st_ino == ino &&
        status.st_dev == dev) {
      AddLocksOf(base, number, pid, ino, true, locks);
    }
  }
  closedir(folder);
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
