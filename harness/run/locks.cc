#include "harness/run/locks.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdint>

#include "faults/locks/kernel_locks.h"

namespace harness {

Value LocksOf(pid_t pid, const std::string& database) {
  Value::Array locks;
  for (const auto& [suffix, name] :
       {std::pair{"", "db"}, {"-wal", "wal"}, {"-shm", "shm"}, {"-journal", "journal"}}) {
    struct stat status {};
    if (stat((database + suffix).c_str(), &status) != 0) continue;
    const auto held = faults::locks::ReadLocksOnFile(pid, status.st_dev, status.st_ino);
    if (!held) continue;
    for (const faults::locks::KernelLock& lock : *held) {
      locks.push_back(Value::MakeObject({{"file", name},
                                         {"mode", lock.write ? "write" : "read"},
                                         {"start", lock.start},
                                         {"end", lock.end == INT64_MAX ? -1 : lock.end}}));
    }
  }
  // Each of several descriptors of a file shows them all.
  const auto text = [](const Value& v) { return v.Print(); };
  std::ranges::sort(locks, {}, text);
  const auto same = [&](const Value& a, const Value& b) { return text(a) == text(b); };
  locks.erase(std::unique(locks.begin(), locks.end(), same), locks.end());
  return Value(std::move(locks));
}

}  // namespace harness
