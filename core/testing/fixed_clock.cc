#include "core/testing/fixed_clock.h"

#include <sqlite3.h>

namespace honker::testing {
namespace {

int64_t clock_s = kNow;

// Milliseconds since noon in Greenwich on November 24, 4714 B.C.
int CurrentTimeInt64(sqlite3_vfs*, sqlite3_int64* julian_ms) {
  *julian_ms = 210866760000000 + clock_s * 1000;
  return SQLITE_OK;
}

int CurrentTime(sqlite3_vfs*, double* julian_days) {
  *julian_days = 2440587.5 + static_cast<double>(clock_s) / 86400.0;
  return SQLITE_OK;
}

}  // namespace

const char* FixedClockVfs() {
  static sqlite3_vfs vfs = [] {
    sqlite3_vfs copy = *sqlite3_vfs_find(nullptr);
    copy.zName = "fixed_clock";
    copy.pNext = nullptr;
    copy.xCurrentTime = CurrentTime;
    copy.xCurrentTimeInt64 = CurrentTimeInt64;
    return copy;
  }();
  static const int registered = sqlite3_vfs_register(&vfs, 0);
  return registered == SQLITE_OK ? vfs.zName : nullptr;
}

void SetClock(int64_t unix_s) { clock_s = unix_s; }

}  // namespace honker::testing
