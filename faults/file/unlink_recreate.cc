#include "faults/file/unlink_recreate.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "faults/file/posix.h"

namespace faults {
namespace {

Status CreateEmpty(const std::string& path) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0) return ErrnoError("create", path);
  close(fd);
  return {};
}

Status Recreate(const UnlinkRecreateOptions& options, const std::string& path) {
  return options.replacement.empty() ? CreateEmpty(path) : CopyToNewFile(options.replacement, path);
}

// A new, empty file beside the database that has the wanted identity; its name, or "" when none of
// the attempts had it. Those that did not fit stay until the end: an inode that is freed is the
// next one given out, and the search would go in a circle.
Result<std::string> FindReusedInode(const std::string& database, const FileIdentity& wanted,
                                    int attempts) {
  std::vector<std::string> others;
  std::string found;
  Status failure;
  for (int i = 0; i < attempts && found.empty(); ++i) {
    const std::string candidate = ScratchNameBeside(database);
    if (failure = CreateEmpty(candidate); !failure.ok()) break;
    const auto identity = IdentityOf(candidate);
    if (identity.ok() && identity.value().SameFile(wanted)) {
      found = candidate;
    } else {
      others.push_back(candidate);
    }
  }
  for (const std::string& other : others) {
    if (Status removed = RemoveIfThere(other); !removed.ok() && failure.ok()) failure = removed;
  }
  if (!failure.ok()) {
    if (!found.empty()) (void)RemoveIfThere(found);
    return failure.error();
  }
  return found;
}

// The content into the scratch file that has the old inode number, then the name.
Status Settle(const UnlinkRecreateOptions& options, const std::string& scratch) {
  if (!options.replacement.empty()) {
    if (Status copied = CopyOverExisting(options.replacement, scratch); !copied.ok()) return copied;
  }
  return Rename(scratch, options.database);
}

}  // namespace

Result<SwapOutcome> UnlinkRecreate(const UnlinkRecreateOptions& options) {
  const auto before = IdentityOf(options.database);
  if (!before.ok()) return before.error();
  if (!before.value().exists) return Error{"unlink_recreate", options.database, ENOENT, ""};
  if (!options.replacement.empty()) {
    const auto replacement = IdentityOf(options.replacement);
    if (!replacement.ok()) return replacement.error();
    if (!replacement.value().exists)
      return Error{"unlink_recreate", options.replacement, ENOENT, ""};
  }

  if (Status removed = RemoveIfThere(options.database); !removed.ok()) return removed.error();
  std::string scratch;
  if (options.reuse_inode) {
    // Before the sidecars go: theirs would be the numbers given out first.
    auto found = FindReusedInode(options.database, before.value(), options.reuse_attempts);
    if (!found.ok()) return found.error();
    scratch = found.value();
  }
  if (Status planned = ApplySidecarPlan(options.database, options.sidecars); !planned.ok()) {
    if (!scratch.empty()) (void)RemoveIfThere(scratch);
    return planned.error();
  }
  const Status made =
      scratch.empty() ? Recreate(options, options.database) : Settle(options, scratch);
  if (!made.ok()) {
    if (!scratch.empty()) (void)RemoveIfThere(scratch);
    return made.error();
  }
  if (Status synced = SyncDirectoryOf(options.database); !synced.ok()) return synced.error();
  const auto after = IdentityOf(options.database);
  if (!after.ok()) return after.error();
  return SwapOutcome{before.value(), after.value(), before.value().SameFile(after.value())};
}

}  // namespace faults
