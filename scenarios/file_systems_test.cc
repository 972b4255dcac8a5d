// The program on other file systems: what it says, what it leaves, and what an ordinary user is
// told.
#include "harness/run/file_systems.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "scenarios/harness_program.h"

namespace scenarios {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;

const std::vector<std::string> kSmall = {"run",       "wake/one_wake_per_commit",
                                         "--backend", "polling",
                                         "--journal", "delete",
                                         "--axis",    "via=abi",
                                         "--seed",    "5"};

std::vector<std::string> With(std::vector<std::string> words,
                              const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::string Read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// Mounts and loop devices below that folder, and programs that serve one. What the kernel is about
// to let go by itself is waited for.
std::vector<std::string> Left(const HarnessProgram& program) {
  std::vector<std::string> left;
  for (int i = 0; i < 6000; ++i) {
    left = program.LeftBehind();
    std::ifstream mounts("/proc/self/mountinfo");
    for (std::string line; std::getline(mounts, line);) {
      if (line.find(program.folder()) != std::string::npos) left.push_back(line);
    }
    std::error_code ec;
    for (const auto& device : fs::directory_iterator("/sys/block", ec)) {
      const std::string file = Read(device.path() / "loop/backing_file");
      if (file.find(program.folder()) != std::string::npos) left.push_back(file);
    }
    if (left.empty()) break;
    usleep(10'000);
  }
  return left;
}

class FileSystemsProgram : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
  }
  HarnessProgram program_;
};

TEST_F(FileSystemsProgram, RunsCellsThereAndLeavesNothing) {
  const ProgramResult result = program_.Run(
      With(kSmall, {"--fs", "tmpfs,ext4,xfs,btrfs,overlay,fuse,fuse_direct_io", "--keep"}));
  EXPECT_EQ(result.exit_code, 0) << result.output << result.errors;
  const harness::Value atlas = program_.Atlas();
  ASSERT_FALSE(atlas["cells"].items().empty());
  for (const harness::Value& cell : atlas["cells"].items()) {
    const std::string name = cell["axes"]["fs"].Text();
    EXPECT_FALSE(name.empty());
    EXPECT_THAT(cell["rerun"].Text(), HasSubstr("--fs " + name));
    if (cell["verdict"].Text() == "skipped") {
      EXPECT_THAT(cell["reason"].Text(), HasSubstr("needs "));
      continue;
    }
    EXPECT_EQ(cell["verdict"].Text(), "kept") << cell.Print();
    EXPECT_FALSE(atlas["run"]["file_systems"][name].Text().empty());
  }
  // The database of a cell that is kept outlives its file system.
  int databases = 0;
  for (const auto& entry : fs::recursive_directory_iterator(program_.folder() + "/runs"))
    databases += entry.path().filename() == "app.db" ? 1 : 0;
  EXPECT_GT(databases, 0);
  EXPECT_THAT(Read(program_.folder() + "/runs/latest/ledger.jsonl"),
              HasSubstr("mount db fs=tmpfs"));
  EXPECT_THAT(Left(program_), IsEmpty());
}

TEST_F(FileSystemsProgram, MountsNothingWhereNoCellAsksForIt) {
  EXPECT_EQ(program_.Run(kSmall).exit_code, 0);
  EXPECT_FALSE(fs::exists(program_.folder() + "/runs/latest/ledger.jsonl"));
}

// Everything dies in the middle: the guardian and the kernel clean up.
TEST_F(FileSystemsProgram, KillMinus9LeavesNothingBehind) {
  std::optional<harness::ChildProcess> run = program_.Begin(
      {"run", "wake/every_commit_is_seen", "--fs", "ext4,btrfs,overlay,two_mounts", "--quick"});
  while (program_.Errors().find("reports in") == std::string::npos) {
    ASSERT_FALSE(run->Wait(10)) << program_.Errors();
  }
  run->Signal(SIGKILL);
  EXPECT_TRUE(run->Wait(-1)->signaled);
  run.reset();
  EXPECT_THAT(Left(program_), IsEmpty());
}

TEST_F(FileSystemsProgram, AWrongNameExits64AndNamesTheNearestRightOne) {
  const ProgramResult result = program_.Run(With(kSmall, {"--fs", "btfrs"}));
  EXPECT_EQ(result.exit_code, 64);
  EXPECT_THAT(result.errors, HasSubstr("\"btrfs\""));
}

// As root the test becomes an ordinary user in a child.
TEST(FileSystems, AnOrdinaryUserIsToldWhatIsLacking) {
  harness::Card card;
  card.name = "wake/one";
  const harness::Cell cell{&card, {{"fs", "tmpfs"}}, "", 1};
  const pid_t child = fork();
  if (child == 0) {
    if (geteuid() == 0 && setuid(65534) != 0) _exit(2);
    harness::Guardian guardian;
    harness::FileSystems file_systems(guardian);
    file_systems.Prepare({cell}, "/nowhere", "/nowhere/ledger");
    const bool told = file_systems.Of(cell)->lacks == "needs root" &&
                      file_systems.lacks() == "needs root" &&
                      file_systems.Json()["tmpfs"].Text() == "needs root";
    _exit(told ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace scenarios
