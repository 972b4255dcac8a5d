// The calls that the preload library intercepts, by name: `libc.<call>.<file>` and
// `libc.inotify.<call>`, for example libc.fsync.wal, libc.inotify.read.
//
// One call has one name, whatever the program was linked with: pwrite64 is pwrite, open64 and
// openat are open, fcntl with F_SETLK or F_SETLKW for a read or write lock is lock.
//
// The file is decided by the path of the descriptor: -wal, -shm, -journal by their ending; db is a
// regular file whose name ends in .db, .db3, .sqlite or .sqlite3, or whose first bytes are
// SQLite's; everything else, pipes and sockets too, is other. For open and unlink only the name
// counts: a descriptor made to look inside would, when it is closed, give up the process's locks.
#ifndef HONKER_FAULTS_LIBC_SITES_H_
#define HONKER_FAULTS_LIBC_SITES_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace faults::libc {

enum class Call {
  kOpen,
  kClose,
  kRead,
  kPread,
  kWrite,
  kPwrite,
  kTruncate,
  kFsync,
  kFdatasync,
  kMmap,
  kUnlink,
  kLock,
  kInotifyInit,  // from here on without a file
  kInotifyAddWatch,
  kInotifyRead,
};
inline constexpr size_t kFileCalls = 12;
inline constexpr size_t kCalls = 15;

enum class File { kDb, kWal, kShm, kJournal, kOther };
inline constexpr size_t kFiles = 5;

// A string constant, NUL-terminated. `file` means nothing for the inotify calls.
[[nodiscard]] const char* SiteName(Call call, File file);

[[nodiscard]] const std::vector<std::string_view>& AllSites();
// `pattern` is a site or a glob such as libc.fsync.*; true when it matches at least one site.
[[nodiscard]] bool MatchesSomeSite(const std::string& pattern);
[[nodiscard]] std::string NearestSite(const std::string& pattern);

// By the name alone; kOther where it says nothing.
[[nodiscard]] File FileOfName(std::string_view path);

}  // namespace faults::libc

#endif  // HONKER_FAULTS_LIBC_SITES_H_
