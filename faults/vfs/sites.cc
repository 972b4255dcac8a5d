#include "faults/vfs/sites.h"

#include <fnmatch.h>

#include <algorithm>

#include "faults/fault.h"

namespace faults::vfs {
namespace {

constexpr std::array<const char*, kCalls> kCallNames = {
    "open",       "close",   "read",  "write",   "truncate", "sync",   "size", "lock",    "unlock",
    "check_lock", "control", "fetch", "unfetch", "delete",   "access", "map",  "barrier", "unmap"};
constexpr std::array<const char*, kFileKinds> kFileNames = {"db",      "wal",          "shm",
                                                            "journal", "superjournal", "temp"};

// SQLite reaches the -shm only through the methods of the database file, and deletes and probes it
// by name; every other file has no shm methods.
bool CanHappen(Call call, FileKind file) {
  switch (call) {
    case Call::kMap:
    case Call::kBarrier:
    case Call::kUnmap:
      return file == FileKind::kShm;
    case Call::kLock:
    case Call::kUnlock:
      return file == FileKind::kDb || file == FileKind::kShm;
    case Call::kCheckLock:
      return file == FileKind::kDb;
    case Call::kDelete:
    case Call::kAccess:
      return true;
    default:
      return file != FileKind::kShm;
  }
}

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

}  // namespace

std::string Site::Name() const {
  return std::string("vfs.") + kCallNames[static_cast<size_t>(call)] + "." +
         kFileNames[static_cast<size_t>(file)];
}

const std::vector<Site>& AllSites() {
  static const std::vector<Site> sites = [] {
    std::vector<Site> all;
    for (size_t call = 0; call < kCalls; ++call) {
      for (size_t file = 0; file < kFileKinds; ++file) {
        const Site site{static_cast<Call>(call), static_cast<FileKind>(file)};
        if (CanHappen(site.call, site.file)) all.push_back(site);
      }
    }
    return all;
  }();
  return sites;
}

bool SiteMatches(const std::string& pattern, Site site) {
  return fnmatch(pattern.c_str(), site.Name().c_str(), 0) == 0;
}

bool MatchesSomeSite(const std::string& pattern) {
  return std::any_of(AllSites().begin(), AllSites().end(),
                     [&](const Site& site) { return SiteMatches(pattern, site); });
}

std::string NearestSite(const std::string& pattern) {
  std::vector<std::string> names;
  for (const Site& site : AllSites()) names.push_back(site.Name());
  return std::string(Nearest(pattern, {names.begin(), names.end()}));
}

FileKind KindOfName(std::string_view path) {
  if (EndsWith(path, "-wal")) return FileKind::kWal;
  if (EndsWith(path, "-shm")) return FileKind::kShm;
  if (EndsWith(path, "-journal")) return FileKind::kJournal;
  // "<db>-mjXXXXXX9XX", as vdbeCommit makes it.
  const size_t dash = path.rfind("-mj");
  if (dash != std::string_view::npos && path.size() == dash + 12) return FileKind::kSuperjournal;
  return FileKind::kDb;
}

}  // namespace faults::vfs
