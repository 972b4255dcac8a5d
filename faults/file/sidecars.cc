#include "faults/file/sidecars.h"

#include <cerrno>

#include "faults/file/posix.h"

namespace faults {
namespace {

Status ReplaceByRename(const std::string& content, const std::string& target) {
  const std::string scratch = ScratchNameBeside(target);
  if (Status copied = CopyToNewFile(content, scratch); !copied.ok()) return copied;
  if (Status renamed = Rename(scratch, target); !renamed.ok()) {
    (void)RemoveIfThere(scratch);
    return renamed;
  }
  return {};
}

// Identities before and after; a missing file is the fault's own failure to find its target.
Result<FileIdentity> MustExist(const std::string& path) {
  auto identity = IdentityOf(path);
  if (identity.ok() && !identity.value().exists) return Error{"no such sidecar", path, ENOENT, ""};
  return identity;
}

}  // namespace

const char* Name(Sidecar sidecar) {
  switch (sidecar) {
    case Sidecar::kWal:
      return "wal";
    case Sidecar::kShm:
      return "shm";
    case Sidecar::kJournal:
      return "journal";
  }
  return "?";
}

std::string PathOf(const std::string& database, Sidecar sidecar) {
  return database + "-" + Name(sidecar);
}

SidecarFate SidecarPlan::For(Sidecar sidecar) const {
  switch (sidecar) {
    case Sidecar::kWal:
      return wal;
    case Sidecar::kShm:
      return shm;
    case Sidecar::kJournal:
      return journal;
  }
  return SidecarFate::kRemove;
}

void SidecarPlan::Set(Sidecar sidecar, SidecarFate fate) {
  switch (sidecar) {
    case Sidecar::kWal:
      wal = fate;
      break;
    case Sidecar::kShm:
      shm = fate;
      break;
    case Sidecar::kJournal:
      journal = fate;
      break;
  }
}

Status ApplySidecarPlan(const std::string& database, const SidecarPlan& plan) {
  for (const Sidecar sidecar : kAllSidecars) {
    const std::string path = PathOf(database, sidecar);
    const auto identity = IdentityOf(path);
    if (!identity.ok()) return identity.error();
    if (!identity.value().exists) continue;
    switch (plan.For(sidecar)) {
      case SidecarFate::kKeep:
        break;
      case SidecarFate::kRemove:
        if (Status removed = RemoveIfThere(path); !removed.ok()) return removed;
        break;
      case SidecarFate::kStaleCopy:
        if (Status copied = ReplaceByRename(path, path); !copied.ok()) return copied;
        break;
    }
  }
  return {};
}

Result<SwapOutcome> RemoveSidecar(const std::string& database, Sidecar sidecar) {
  const std::string path = PathOf(database, sidecar);
  const auto before = MustExist(path);
  if (!before.ok()) return before.error();
  if (Status removed = RemoveIfThere(path); !removed.ok()) return removed.error();
  const auto after = IdentityOf(path);
  if (!after.ok()) return after.error();
  return SwapOutcome{before.value(), after.value()};
}

Result<SwapOutcome> ReplaceSidecar(const std::string& database, Sidecar sidecar,
                                   const std::string& content) {
  const std::string path = PathOf(database, sidecar);
  const auto before = MustExist(path);
  if (!before.ok()) return before.error();
  if (Status replaced = ReplaceByRename(content.empty() ? path : content, path); !replaced.ok()) {
    return replaced.error();
  }
  const auto after = IdentityOf(path);
  if (!after.ok()) return after.error();
  return SwapOutcome{before.value(), after.value()};
}

}  // namespace faults
