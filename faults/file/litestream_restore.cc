#include "faults/file/litestream_restore.h"

#include <cerrno>

#include "faults/file/posix.h"

namespace faults {

Result<SwapOutcome> LitestreamRestore(const std::string& database, const std::string& restored,
                                      const SidecarPlan& sidecars) {
  const std::string scratch = database + ".tmp";
  for (const std::string& path : {database, restored}) {
    const auto identity = IdentityOf(path);
    if (!identity.ok()) return identity.error();
    if (!identity.value().exists) return Error{"litestream_restore", path, ENOENT, ""};
  }
  const auto left_over = IdentityOf(scratch);
  if (!left_over.ok()) return left_over.error();
  if (left_over.value().exists) return Error{"litestream_restore", scratch, EEXIST, ""};
  const auto before = IdentityOf(database);
  if (!before.ok()) return before.error();

  Status done = RemoveIfThere(database);
  if (done.ok()) done = ApplySidecarPlan(database, sidecars);
  if (done.ok()) done = CopyToNewFile(restored, scratch);
  if (done.ok()) {
    done = Rename(scratch, database);
    if (!done.ok()) (void)RemoveIfThere(scratch);
  }
  if (done.ok()) done = SyncDirectoryOf(database);
  if (!done.ok()) return done.error();
  const auto after = IdentityOf(database);
  if (!after.ok()) return after.error();
  return SwapOutcome{before.value(), after.value(), before.value().SameFile(after.value())};
}

}  // namespace faults
