#include "harness/run/locks.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>

namespace harness {

Value LocksOf(pid_t pid, const std::string& database) {
  // A line reads: 3: POSIX  ADVISORY  READ 4711 fe:01:394827 1073741826 1073742335
  std::map<std::string, std::string> names;
  for (const auto& [suffix, name] :
       {std::pair{"", "db"}, {"-wal", "wal"}, {"-shm", "shm"}, {"-journal", "journal"}}) {
    struct stat st {};
    if (stat((database + suffix).c_str(), &st) != 0) continue;
    char identity[64];
    std::snprintf(identity, sizeof identity, "%02x:%02x:%lu", major(st.st_dev), minor(st.st_dev),
                  st.st_ino);
    names[identity] = name;
  }
  std::ifstream in("/proc/locks");
  Value::Array locks;
  for (std::string line; std::getline(in, line);) {
    char mode[16];
    char identity[64];
    char end[32];
    long holder = 0;
    long long start = 0;
    if (std::sscanf(line.c_str(), "%*s POSIX ADVISORY %15s %ld %63s %lld %31s", mode, &holder,
                    identity, &start, end) != 5 ||
        holder != pid || !names.contains(identity)) {
      continue;
    }
    locks.push_back(
        Value::MakeObject({{"file", names[identity]},
                           {"mode", std::string(mode) == "WRITE" ? "write" : "read"},
                           {"start", static_cast<int64_t>(start)},
                           {"end", std::string(end) == "EOF" ? -1LL : std::stoll(end)}}));
  }
  std::ranges::sort(locks, {}, [](const Value& v) { return v.Print(); });
  return Value(std::move(locks));
}

}  // namespace harness
