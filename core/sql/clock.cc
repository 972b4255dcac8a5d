#include "core/sql/clock.h"

namespace honker {
namespace {

constexpr int64_t kEpochJulianMs = 210'866'760'000'000;  // 1970, by the clock of a VFS
constexpr int64_t kLastJulianMs = 464'269'060'799'999;   // the end of 9999: dates end there
constexpr double kMsADay = 86'400'000;

int JulianMs(sqlite3_vfs& vfs, sqlite3_int64& ms) {
  if (vfs.iVersion >= 2 && vfs.xCurrentTimeInt64 != nullptr)
    return vfs.xCurrentTimeInt64(&vfs, &ms);
  double days = 0;
  const int code = vfs.xCurrentTime(&vfs, &days);
  ms = static_cast<sqlite3_int64>(days * kMsADay);
  return code;
}

}  // namespace

Result<int64_t> Now(sqlite3* db) {
  sqlite3_vfs* vfs = nullptr;
  sqlite3_int64 ms = 0;
  const int found = sqlite3_file_control(db, "main", SQLITE_FCNTL_VFS_POINTER, &vfs);
  if (found != SQLITE_OK || vfs == nullptr || JulianMs(*vfs, ms) != SQLITE_OK || ms <= 0 ||
      ms > kLastJulianMs) {
    return Error{SQLITE_ERROR, "the clock of the connection's VFS cannot be read"};
  }
  return ms / 1000 - kEpochJulianMs / 1000;
}

}  // namespace honker
