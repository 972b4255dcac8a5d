// The VFS's part of the catalogue: its sites are sites.h's, and what a program may see of an error
// there is what UnixCode makes of some errno.

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>

#include "faults/catalogue.h"
#include "faults/vfs/action.h"
#include "faults/vfs/unix_codes.h"

namespace faults::vfs {
namespace {

// Every errno that the parser takes by name.
constexpr int kLastErrno = 133;

// The codes of all errors, each once, in the order of errno.
std::string CodesAt(Site site) {
  std::vector<int> codes;
  for (int error = 1; error <= kLastErrno; ++error) {
    for (const char* detail : {"none", "shared"}) {
      const int code = UnixCode({site, "", detail}, error);
      if (std::find(codes.begin(), codes.end(), code) == codes.end()) codes.push_back(code);
    }
  }
  std::string names;
  for (const int code : codes) names += (names.empty() ? "" : ", ") + std::string(CodeName(code));
  if (site.call == Call::kAccess) names += " and no such file";
  if (site.call == Call::kFetch) names += " and nothing mapped: SQLite reads instead";
  return names;
}

SiteEntry EntryOf(Site site) {
  SiteEntry entry{.name = site.Name(), .outcomes = {}};
  entry.outcomes.push_back({"gate", "the call's own, later"});
  entry.outcomes.push_back({"delay", "the call's own, later"});
  if (CanFail(site.call)) entry.outcomes.push_back({"io_error", CodesAt(site)});
  if (site.call == Call::kRead) {
    entry.outcomes.push_back({"short_io", CodeName(SQLITE_IOERR_SHORT_READ)});
  }
  if (site.call == Call::kWrite) entry.outcomes.push_back({"short_io", CodesAt(site)});
  if (site.call == Call::kLock) {
    entry.outcomes.push_back({"deny_lock", CodeName(UnixCode({site, ""}, EAGAIN))});
  }
  for (const auto kind : {"clock_step", "clock_freeze", "clock_resume"}) {
    entry.outcomes.push_back({kind, "the call's own, and another time"});
  }
  return entry;
}

}  // namespace

Layer VfsLayer() {
  Layer layer{.name = "vfs",
              .by = "libfault_vfs.so, loaded into the program: FAULT_VFS, or fault_arm()",
              .kinds = VfsKinds()};
  for (const Site& site : AllSites()) layer.sites.push_back(EntryOf(site));
  return layer;
}

}  // namespace faults::vfs
