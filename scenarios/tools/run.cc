#include "scenarios/tools/run.h"

#include "faults/fs/program.h"

namespace scenarios::tools {

std::string Program(Stage& stage, const std::string& name, const std::string& package) {
  const auto found = faults::FindProgram(name, package);
  if (!found.ok()) stage.Skip(found.Message());
  return found.value();
}

void RunAsFault(Stage& stage, const std::string& text, const std::vector<std::string>& words) {
  stage.Fault(text, [&]() -> std::string {
    const faults::Status ended = faults::RunProgram(words);
    return ended.ok() ? "" : ended.Message();
  });
}

void BackUp(Stage& stage, const std::string& to) {
  const faults::Status ended =
      faults::RunProgram({Program(stage, "sqlite3", "sqlite3"), "-cmd", ".timeout 60000",
                          stage.Db(), ".backup '" + to + "'"});
  if (!ended.ok()) throw harness::CellEnd(harness::CellVerdict::kError, ended.Message());
}

}  // namespace scenarios::tools
