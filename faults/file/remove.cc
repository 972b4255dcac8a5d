#include "faults/file/remove.h"

#include <cerrno>

#include "faults/file/posix.h"

namespace faults {
namespace {

Result<SwapOutcome> Finish(const std::string& database, const FileIdentity& before) {
  if (Status synced = SyncDirectoryOf(database); !synced.ok()) return synced.error();
  const auto after = IdentityOf(database);
  if (!after.ok()) return after.error();
  return SwapOutcome{before, after.value()};
}

}  // namespace

Result<SwapOutcome> Remove(const std::string& database, const SidecarPlan& sidecars) {
  const auto before = IdentityOf(database);
  if (!before.ok()) return before.error();
  if (!before.value().exists) return Error{"remove", database, ENOENT, ""};
  if (Status removed = RemoveIfThere(database); !removed.ok()) return removed.error();
  if (Status planned = ApplySidecarPlan(database, sidecars); !planned.ok()) return planned.error();
  return Finish(database, before.value());
}

Result<SwapOutcome> MoveAway(const std::string& database, const std::string& parked) {
  const auto before = IdentityOf(database);
  if (!before.ok()) return before.error();
  const auto there = IdentityOf(parked);
  if (!there.ok()) return there.error();
  if (there.value().exists) return Error{"move_away", parked, EEXIST, ""};
  if (Status renamed = Rename(database, parked); !renamed.ok()) return renamed.error();
  return Finish(database, before.value());
}

Result<SwapOutcome> MoveBack(const std::string& database, const std::string& parked) {
  const auto before = IdentityOf(database);
  if (!before.ok()) return before.error();
  if (Status renamed = Rename(parked, database); !renamed.ok()) return renamed.error();
  return Finish(database, before.value());
}

}  // namespace faults
