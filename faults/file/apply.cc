#include "faults/file/apply.h"

#include <cerrno>
#include <functional>
#include <optional>

#include "faults/file/backup.h"
#include "faults/file/copy_over.h"
#include "faults/file/links.h"
#include "faults/file/litestream_restore.h"
#include "faults/file/poke.h"
#include "faults/file/remove.h"
#include "faults/file/rename_directory.h"
#include "faults/file/rename_over.h"
#include "faults/file/sidecars.h"
#include "faults/file/touch.h"
#include "faults/file/truncate.h"
#include "faults/file/unlink_recreate.h"

namespace faults {
namespace {

// What will be done, once everything about it has been checked.
using Action = std::function<Result<SwapOutcome>()>;

Error Refuse(const Fault& fault, const std::string& sentence) {
  return Error{"file fault '" + fault.Text() + "'", "", EINVAL, sentence};
}

std::optional<Sidecar> SidecarNamed(const std::string& name) {
  for (const Sidecar sidecar : kAllSidecars) {
    if (name == Name(sidecar)) return sidecar;
  }
  return std::nullopt;
}

bool Lists(const std::string& list, const std::string& word) {
  return ("," + list + ",").find("," + word + ",") != std::string::npos;
}

Result<SidecarPlan> PlanOf(const Fault& fault, const SidecarPlan& unsaid) {
  if (!fault.Has("keep") && !fault.Has("stale")) return unsaid;
  SidecarPlan plan;
  for (const Sidecar sidecar : kAllSidecars) {
    const bool keep = Lists(fault.Get("keep"), Name(sidecar));
    const bool stale = Lists(fault.Get("stale"), Name(sidecar));
    if (keep && stale)
      return Refuse(fault, std::string(Name(sidecar)) + " is in keep and in stale");
    if (keep) plan.Set(sidecar, SidecarFate::kKeep);
    if (stale) plan.Set(sidecar, SidecarFate::kStaleCopy);
  }
  return plan;
}

// A key that the chosen way does not read would be silently without effect.
Status OnlyFor(const Fault& fault, const char* key, bool read) {
  if (fault.Has(key) && !read)
    return Refuse(fault, std::string("nothing reads '") + key + "' here");
  return {};
}

Result<Action> PlanSwap(const Fault& fault, const FileTargets& targets) {
  if (fault.target != "db") return Refuse(fault, "only db can be swapped");
  const std::string by = fault.Get("by");
  const bool directory = by == "rename_directory";
  const bool linked = by == "hard_link" || by == "symlink";
  const bool planned = by == "rename_over" || by == "unlink_recreate" || by == "copy_over" ||
                       by == "litestream_restore" || by == "backup_swap" || linked;
  for (const Status& status :
       {OnlyFor(fault, "keep", planned), OnlyFor(fault, "stale", planned),
        OnlyFor(fault, "reuse_inode", by == "unlink_recreate"), OnlyFor(fault, "atomic", directory),
        OnlyFor(fault, "counter", by == "copy_over")}) {
    if (!status.ok()) return status.error();
  }
  const auto plan =
      PlanOf(fault, by == "copy_over" ? SidecarPlan::KeepAll() : SidecarPlan::RemoveAll());
  if (!plan.ok()) return plan.error();
  const SidecarPlan sidecars = plan.value();

  if (by == "rename_over") {
    return Action([=] {
      return RenameOver(
          {.database = targets.database, .replacement = targets.replacement, .sidecars = sidecars});
    });
  }
  if (by == "unlink_recreate") {
    return Action([=] {
      return UnlinkRecreate({.database = targets.database,
                             .replacement = targets.replacement,
                             .sidecars = sidecars,
                             .reuse_inode = fault.Get("reuse_inode") == "yes"});
    });
  }
  if (by == "copy_over") {
    return Action([=] {
      return CopyOver({.database = targets.database,
                       .content = targets.replacement,
                       .sidecars = sidecars,
                       .same_counter = fault.Get("counter") == "same"});
    });
  }
  if (linked) {
    return Action([=] {
      return LinkOver({.database = targets.database,
                       .replacement = targets.replacement,
                       .sidecars = sidecars,
                       .kind = by == "symlink" ? LinkKind::kSymbolic : LinkKind::kHard});
    });
  }
  const BackupOptions backup{.database = targets.database, .source = targets.replacement};
  if (by == "backup_swap") return Action([=] { return BackupSwap(backup, sidecars); });
  if (by == "backup_restore") return Action([=] { return BackupRestore(backup); });
  if (by == "litestream_restore") {
    return Action(
        [=] { return LitestreamRestore(targets.database, targets.replacement, sidecars); });
  }
  if (directory) {
    return Action([=] {
      return RenameDirectory({.database = targets.database,
                              .replacement = targets.replacement_directory,
                              .parked = targets.parked,
                              .atomic = fault.Get("atomic") == "yes"});
    });
  }
  if (by == "move_away") return Action([=] { return MoveAway(targets.database, targets.parked); });
  if (by == "move_back") return Action([=] { return MoveBack(targets.database, targets.parked); });
  return Refuse(fault, "'by' is missing");
}

Result<Action> PlanAction(const Fault& fault, const FileTargets& targets) {
  if (fault.kind == "swap") return PlanSwap(fault, targets);

  const auto sidecar = SidecarNamed(fault.target);
  if (!sidecar && fault.target != "db")
    return Refuse(fault, "the target is db, wal, shm or journal");
  const std::string path = sidecar ? PathOf(targets.database, *sidecar) : targets.database;

  if (fault.kind == "touch") return Action([=] { return Touch(path); });
  if (fault.kind == "truncate") {
    if (!fault.Has("to")) return Refuse(fault, "'to' is missing");
    return Action([=] { return Truncate(path, fault.GetInt("to", 0)); });
  }
  if (fault.kind == "poke") {
    for (const char* key : {"offset", "bytes"}) {
      if (!fault.Has(key)) return Refuse(fault, std::string("'") + key + "' is missing");
    }
    return Action(
        [=] { return Poke(path, fault.GetInt("offset", 0), BytesOfHex(fault.Get("bytes"))); });
  }
  if (fault.kind == "link") {
    if (!fault.Has("as")) return Refuse(fault, "'as' is missing");
    const LinkKind kind = fault.Get("as") == "hard" ? LinkKind::kHard : LinkKind::kSymbolic;
    return Action([=] { return AddLink(path, targets.link, kind); });
  }
  if (fault.kind == "replace") {
    if (!sidecar) return Refuse(fault, "replace is for wal, shm and journal; db is swapped");
    return Action([=] { return ReplaceSidecar(targets.database, *sidecar); });
  }
  if (fault.kind != "remove") return Refuse(fault, "this is no file fault");
  if (sidecar) {
    for (const char* key : {"keep", "stale"}) {
      if (Status read = OnlyFor(fault, key, false); !read.ok()) return read.error();
    }
    return Action([=] { return RemoveSidecar(targets.database, *sidecar); });
  }
  const auto plan = PlanOf(fault, SidecarPlan::RemoveAll());
  if (!plan.ok()) return plan.error();
  return Action([=, sidecars = plan.value()] { return Remove(targets.database, sidecars); });
}

}  // namespace

bool IsFileFault(const Fault& fault) {
  for (const char* kind : {"swap", "remove", "replace", "truncate", "touch", "poke", "link"}) {
    if (fault.kind == kind) return true;
  }
  return false;
}

Result<SwapOutcome> ApplyFileFault(const Fault& fault, const FileTargets& targets, Ledger& ledger) {
  const auto action = PlanAction(fault, targets);
  if (!action.ok()) return action.error();
  const Status fired =
      ledger.Append({.event = "fired", .fault = fault.Text(), .detail = targets.database});
  if (!fired.ok()) return fired.error();

  auto outcome = action.value()();

  const std::string detail =
      outcome.ok() ? outcome.value().before.Text() + " -> " + outcome.value().after.Text()
                   : outcome.Message();
  const Status done = ledger.Append(
      {.event = outcome.ok() ? "done" : "failed", .fault = fault.Text(), .detail = detail});
  if (outcome.ok() && !done.ok()) return done.error();
  return outcome;
}

}  // namespace faults
