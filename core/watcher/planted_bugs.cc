#include "core/watcher/planted_bugs.h"

#ifdef HONKER_MUTANTS

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>
#include <mutex>

namespace honker::planted {

bool SidecarsTouched(const std::string& path) {
  static std::mutex mutex;
  static auto& last = *new std::map<std::string, std::string>;
  std::string now;
  for (const char* suffix : {"-journal", "-wal"}) {
    struct stat status {};
    if (stat((path + suffix).c_str(), &status) != 0) {
      now += "none ";
      continue;
    }
    now += std::to_string(status.st_size) + " " + std::to_string(status.st_mtim.tv_sec) + "." +
           std::to_string(status.st_mtim.tv_nsec) + " ";
  }
  const std::lock_guard<std::mutex> lock(mutex);
  const auto [entry, fresh] = last.try_emplace(path, now);
  if (fresh || entry->second == now) return false;
  entry->second = now;
  return true;
}

void CloseADescriptor(const std::string& path) {
  int descriptor = open((path + "-shm").c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) descriptor = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor >= 0) close(descriptor);
}

}  // namespace honker::planted

#endif  // HONKER_MUTANTS
