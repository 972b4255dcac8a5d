#include "faults/file/rename_directory.h"

#include <fcntl.h>

#include <cerrno>
#include <cstdio>

#include "faults/file/posix.h"

namespace faults {
namespace {

Status Check(const RenameDirectoryOptions& options, const std::string& directory) {
  if (directory == "." || directory == "/") {
    return Error{"rename_directory", options.database, 0, "the path must name a directory"};
  }
  if (options.atomic && options.replacement.empty()) {
    return Error{"rename_directory", directory, 0, "atomic needs a replacement"};
  }
  const auto parked = IdentityOf(options.parked);
  if (!parked.ok()) return parked.error();
  if (parked.value().exists) return Error{"rename_directory", options.parked, EEXIST, ""};
  return {};
}

Status Exchange(const std::string& a, const std::string& b) {
  if (renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE) != 0) {
    return ErrnoError("exchange with " + b, a);
  }
  return {};
}

Status Swap(const RenameDirectoryOptions& options, const std::string& directory) {
  if (options.atomic) {
    if (Status both = Exchange(options.replacement, directory); !both.ok()) return both;
    return Rename(options.replacement, options.parked);
  }
  if (Status away = Rename(directory, options.parked); !away.ok()) return away;
  if (options.replacement.empty()) return {};
  return Rename(options.replacement, directory);
}

}  // namespace

Result<SwapOutcome> RenameDirectory(const RenameDirectoryOptions& options) {
  const std::string directory = DirectoryOf(options.database);
  if (Status checked = Check(options, directory); !checked.ok()) return checked.error();
  const auto before = IdentityOf(options.database);
  if (!before.ok()) return before.error();
  if (!before.value().exists) return Error{"rename_directory", options.database, ENOENT, ""};
  if (Status swapped = Swap(options, directory); !swapped.ok()) return swapped.error();
  if (Status synced = SyncDirectoryOf(directory); !synced.ok()) return synced.error();
  const auto after = IdentityOf(options.database);
  if (!after.ok()) return after.error();
  return SwapOutcome{before.value(), after.value()};
}

}  // namespace faults
