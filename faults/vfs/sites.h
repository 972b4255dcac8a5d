// The calls SQLite makes to its VFS, by name: `vfs.<call>.<file>`, for example vfs.sync.wal.
//
// One table for gates, counters and error messages, so that a misspelt site is refused with the
// nearest right one. Only combinations that can happen exist: there is no vfs.lock.wal.

#ifndef HONKER_FAULTS_VFS_SITES_H_
#define HONKER_FAULTS_VFS_SITES_H_

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace faults::vfs {

// What a file is to SQLite, from the open flags or, where there is no open file, from its name.
enum class FileKind { kDb, kWal, kShm, kJournal, kSuperjournal, kTemp };
inline constexpr size_t kFileKinds = 6;

enum class Call {
  kOpen,
  kClose,
  kRead,
  kWrite,
  kTruncate,
  kSync,
  kSize,
  kLock,
  kUnlock,
  kCheckLock,  // xCheckReservedLock
  kControl,
  kFetch,
  kUnfetch,
  kDelete,
  kAccess,
  kMap,      // shm only, as the next two
  kBarrier,  //
  kUnmap,
};
inline constexpr size_t kCalls = 18;

struct Site {
  Call call;
  FileKind file;

  // Position in a table of kSites counters.
  [[nodiscard]] size_t Index() const {
    return static_cast<size_t>(call) * kFileKinds + static_cast<size_t>(file);
  }
  [[nodiscard]] std::string Name() const;
};
inline constexpr size_t kSites = kCalls * kFileKinds;

// Every site that can happen.
[[nodiscard]] const std::vector<Site>& AllSites();

// `pattern` is a site name or a glob such as vfs.sync.*.
[[nodiscard]] bool SiteMatches(const std::string& pattern, Site site);
// True when it matches at least one site.
[[nodiscard]] bool MatchesSomeSite(const std::string& pattern);
// The site name nearest to `pattern`.
[[nodiscard]] std::string NearestSite(const std::string& pattern);

// -wal, -shm, -journal and super-journals by their ending, everything else is a database.
[[nodiscard]] FileKind KindOfName(std::string_view path);

}  // namespace faults::vfs

#endif  // HONKER_FAULTS_VFS_SITES_H_
