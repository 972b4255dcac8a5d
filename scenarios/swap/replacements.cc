#include "scenarios/swap/replacements.h"

namespace scenarios::swap {

harness::Axis Ways() {
  return {"by",
          {"rename_over", "unlink_recreate", "litestream_restore", "backup_swap", "hard_link"},
          {"rename_over", "unlink_recreate", "litestream_restore"}};
}

harness::Axis Sidecars() { return {"sidecars", {"remove", "stale"}}; }

void Replace(Stage& stage, const std::string& way, const std::string& sidecars) {
  const std::string replacement = stage.File("replacement.db");
  MakeDatabase(stage, replacement);
  FileFault(stage,
            "swap db by=" + way + (sidecars == "stale" ? " stale=wal,shm,journal" : " keep=none"),
            {.replacement = replacement});
}

}  // namespace scenarios::swap
