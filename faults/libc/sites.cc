#include "faults/libc/sites.h"

#include <fnmatch.h>

#include <algorithm>
#include <utility>

#include "faults/fault.h"

namespace faults::libc {
namespace {

// Constants, because libfiu keeps the pointers and because they are needed before any constructor.
#define FILES(call)                                                                        \
  {                                                                                        \
    "libc." call ".db", "libc." call ".wal", "libc." call ".shm", "libc." call ".journal", \
        "libc." call ".other"                                                              \
  }
constexpr const char* kFileSites[kFileCalls][kFiles] = {
    FILES("open"),      FILES("close"),  FILES("read"),     FILES("pread"),
    FILES("write"),     FILES("pwrite"), FILES("truncate"), FILES("fsync"),
    FILES("fdatasync"), FILES("mmap"),   FILES("unlink"),   FILES("lock")};
#undef FILES
constexpr const char* kInotifySites[] = {"libc.inotify.init", "libc.inotify.add_watch",
                                         "libc.inotify.read"};

}  // namespace

const char* SiteName(Call call, File file) {
  const auto index = static_cast<size_t>(call);
  return index < kFileCalls ? kFileSites[index][static_cast<size_t>(file)]
                            : kInotifySites[index - kFileCalls];
}

const std::vector<std::string_view>& AllSites() {
  // Never destroyed: intercepted calls come until the very end of a process.
  static const auto* sites = [] {
    auto* all = new std::vector<std::string_view>;
    for (const auto& call : kFileSites) all->insert(all->end(), std::begin(call), std::end(call));
    all->insert(all->end(), std::begin(kInotifySites), std::end(kInotifySites));
    return all;
  }();
  return *sites;
}

bool MatchesSomeSite(const std::string& pattern) {
  return std::any_of(AllSites().begin(), AllSites().end(), [&](std::string_view site) {
    return fnmatch(pattern.c_str(), site.data(), 0) == 0;
  });
}

std::string NearestSite(const std::string& pattern) {
  return std::string(Nearest(pattern, AllSites()));
}

File FileOfName(std::string_view path) {
  constexpr std::pair<std::string_view, File> kEndings[] = {
      {"-wal", File::kWal},   {"-shm", File::kShm}, {"-journal", File::kJournal},
      {".db", File::kDb},     {".db3", File::kDb},  {".sqlite", File::kDb},
      {".sqlite3", File::kDb}};
  for (const auto& [ending, file] : kEndings) {
    if (path.ends_with(ending)) return file;
  }
  return File::kOther;
}

}  // namespace faults::libc
