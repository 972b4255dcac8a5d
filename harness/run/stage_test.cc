// What a stage says before a process is there.
#include "harness/run/stage.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "harness/run/file_systems.h"
#include "harness/run/guardian.h"

namespace harness {
namespace {

TEST(Stage, ACellThatWantsAnActorNobodyGaveIsSkipped) {
  const std::string folder = std::filesystem::current_path().string() + "/stage-test";
  std::filesystem::create_directories(folder + "/history");
  Card card;
  card.name = "wake/none";
  const Cell cell{&card, {}, "", 1};
  const Environment environment{.actor = "/bin/true", .tools = "", .subject = {}, .sqlite = {}};
  Guardian guardian;
  CellMounts mounts(nullptr, folder, folder + "/ledger.jsonl", guardian);
  Stage stage(cell, environment, folder, folder, guardian, mounts);
  try {
    stage.StartProgram("python", "worker:1");
    FAIL() << "it was started";
  } catch (const CellEnd& end) {
    EXPECT_EQ(end.verdict, CellVerdict::kSkipped);
    EXPECT_STREQ(end.what(), "no actor \"python\": give --actor python=COMMAND");
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace harness
