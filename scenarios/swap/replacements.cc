#include "scenarios/swap/replacements.h"

#include "faults/file/litestream_restore.h"
#include "faults/file/rename_over.h"
#include "faults/file/unlink_recreate.h"

namespace scenarios::swap {

harness::Axis Ways() { return {"by", {"rename_over", "unlink_recreate", "litestream_restore"}}; }

harness::Axis Sidecars() { return {"sidecars", {"remove", "stale"}}; }

void Replace(Stage& stage, const std::string& way, const std::string& sidecars) {
  const std::string replacement = stage.File("replacement.db");
  MakeDatabase(stage, replacement);
  const faults::SidecarPlan plan =
      sidecars == "stale" ? faults::SidecarPlan::StaleCopies() : faults::SidecarPlan::RemoveAll();
  const std::string text = "swap db by=" + way + " sidecars=" + sidecars;
  if (way == "rename_over") {
    Swap(stage, text, [&] {
      return faults::RenameOver(
          {.database = stage.Db(), .replacement = replacement, .sidecars = plan});
    });
  } else if (way == "unlink_recreate") {
    Swap(stage, text, [&] {
      return faults::UnlinkRecreate(
          {.database = stage.Db(), .replacement = replacement, .sidecars = plan});
    });
  } else {
    Swap(stage, text, [&] { return faults::LitestreamRestore(stage.Db(), replacement, plan); });
  }
}

}  // namespace scenarios::swap
