#include "harness/run/locks.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>

namespace harness {
namespace {

// "fe:01:394827", as /proc/locks names a file: by the device of the mount, which is not what
// stat(2) shows where a file system has several of its own (btrfs). Empty where there is no such
// file.
std::string IdentityOf(const std::string& path) {
  struct statx st {};
  if (statx(AT_FDCWD, path.c_str(), 0, STATX_INO | STATX_MNT_ID, &st) != 0) return "";
  unsigned device_major = st.stx_dev_major;
  unsigned device_minor = st.stx_dev_minor;
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    unsigned long long id = 0;
    unsigned of_major = 0, of_minor = 0;
    if (std::sscanf(line.c_str(), "%llu %*u %u:%u", &id, &of_major, &of_minor) != 3) continue;
    if (id != st.stx_mnt_id) continue;
    device_major = of_major;
    device_minor = of_minor;
  }
  char identity[64];
  std::snprintf(identity, sizeof identity, "%02x:%02x:%llu", device_major, device_minor,
                static_cast<unsigned long long>(st.stx_ino));
  return identity;
}

}  // namespace

Value LocksOf(pid_t pid, const std::string& database) {
  // A line reads: 3: POSIX  ADVISORY  READ 4711 fe:01:394827 1073741826 1073742335
  std::map<std::string, std::string> names;
  for (const auto& [suffix, name] :
       {std::pair{"", "db"}, {"-wal", "wal"}, {"-shm", "shm"}, {"-journal", "journal"}}) {
    const std::string identity = IdentityOf(database + suffix);
    if (identity.empty()) continue;
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
