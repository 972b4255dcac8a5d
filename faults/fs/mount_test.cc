// Each file system is what it says, and afterwards no mount, no loop device, no process and no
// image is left: when it was taken away, and when its owner was killed.
#include "faults/fs/mount.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "faults/file/test_files.h"
#include "faults/fs/file_systems.h"
#include "faults/fs/private_mounts.h"

namespace faults {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// Mounts and loop devices whose path holds `word`. A loop device may be let go a moment later.
std::vector<std::string> Left(const std::string& word) {
  std::vector<std::string> left;
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    if (line.find(word) != std::string::npos) left.push_back(line);
  }
  std::error_code ec;
  for (const auto& device : fs::directory_iterator("/sys/block", ec)) {
    const std::string file = Read(device.path() / "loop/backing_file");
    if (file.find(word) != std::string::npos) left.push_back(device.path().string() + " " + file);
  }
  return left;
}

std::vector<std::string> LeftInTheEnd(const std::string& word) {
  std::vector<std::string> left = Left(word);
  for (int i = 0; i < 6000 && !left.empty(); ++i) {
    usleep(10'000);
    left = Left(word);
  }
  return left;
}

bool Alive(pid_t pid) {
  const std::string state = Read("/proc/" + std::to_string(pid) + "/stat");
  const size_t name_end = state.rfind(')');
  return name_end != std::string::npos && state.substr(name_end + 2, 1) != "Z";
}

class MountTest : public testing::ScratchTest {
 protected:
  void SetUp() override {
    ScratchTest::SetUp();
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
    auto ledger = Ledger::Open(In("ledger"));
    ASSERT_TRUE(ledger.ok());
    ledger_.emplace(std::move(ledger).value());
    places_ = {.folder = In("folder"), .store = In("store"), .second = In("second"), .lower = ""};
  }
  Result<Mounted> Make(const std::string& text) {
    const auto fault = ParseFault(text);
    if (!fault.ok()) return fault.error();
    return Mount(fault.value(), places_, *ledger_);
  }
  Status Apply(const std::string& text) {
    return ApplyMountFault(ParseFault(text).value(), places_.folder, *ledger_);
  }
  std::vector<std::string> Events() {
    std::vector<std::string> events;
    const auto entries = ReadLedger(In("ledger"));
    for (const LedgerEntry& entry : entries.value())
      events.push_back(entry.event + " " + entry.fault);
    return events;
  }

  MountPlaces places_;
  std::optional<Ledger> ledger_;
};

// Where the machine lacks what a file system needs, the test says so and is skipped.
#define SKIP_OR_ASSERT(status)                                                  \
  if (!(status).ok() && (status).Message().find("needs ") != std::string::npos) \
    GTEST_SKIP() << (status).Message();                                         \
  ASSERT_TRUE((status).ok()) << (status).Message()

class EachFileSystem : public MountTest, public ::testing::WithParamInterface<FileSystemKind> {};

TEST_P(EachFileSystem, IsWhatItSaysAndLeavesNothing) {
  const FileSystemKind& kind = GetParam();
  const Status entered = EnterPrivateMounts();
  SKIP_OR_ASSERT(entered);
  const std::string before = std::to_string(FileSystemMagic(scratch_).value());
  pid_t daemon = 0;
  {
    const auto mounted = Make("mount db fs=" + std::string(kind.name));
    SKIP_OR_ASSERT(mounted);
    EXPECT_EQ(FileSystemMagic(places_.folder).value(), kind.magic);
    std::ofstream(places_.folder + "/file") << "content";
    EXPECT_EQ(Read(places_.folder + "/file"), "content");
    if (kind.name == "two_mounts") {
      EXPECT_EQ(FileSystemMagic(places_.second).value(), kind.magic);
      EXPECT_EQ(Read(places_.second + "/file"), "content") << "both show the same folder";
    }
    EXPECT_FALSE(fs::exists(places_.store + "/image")) << "an image has no name while it is used";
    for (const pid_t pid : mounted.value().Daemons()) {
      EXPECT_TRUE(Alive(pid));
      daemon = pid;
    }
    EXPECT_EQ(daemon != 0, kind.program == "bindfs");
    EXPECT_FALSE(Left(scratch_).empty()) << "what is looked for below can be seen";
  }
  EXPECT_THAT(LeftInTheEnd(scratch_), IsEmpty());
  EXPECT_EQ(std::to_string(FileSystemMagic(places_.folder).value()), before);
  EXPECT_TRUE(daemon == 0 || !Alive(daemon));
  const std::string text = "mount db fs=" + std::string(kind.name);
  EXPECT_THAT(Events(), ::testing::ElementsAre("fired " + text, "done " + text));
}

// The owner dies by SIGKILL with everything in use. Nobody cleans up.
TEST_P(EachFileSystem, IsGoneWhenItsOwnerIsKilled) {
  const FileSystemKind& kind = GetParam();
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t owner = fork();
  if (owner == 0) {
    close(ready[0]);
    pid_t told = -1;
    std::string trouble;
    const Status entered = EnterPrivateMounts();
    auto mounted = entered.ok() ? Make("mount db fs=" + std::string(kind.name))
                                : Result<Mounted>(entered.error());
    if (mounted.ok()) {
      const auto pids = mounted.value().Daemons();
      told = pids.empty() ? 0 : pids.front();
    } else {
      trouble = mounted.Message();
    }
    if (write(ready[1], &told, sizeof told) != sizeof told) _exit(1);
    if (write(ready[1], trouble.data(), trouble.size()) < 0) _exit(1);
    if (!mounted.ok()) _exit(1);
    std::ofstream in_use(places_.folder + "/file");
    while (true) pause();
  }
  close(ready[1]);
  pid_t daemon = 0;
  ASSERT_EQ(read(ready[0], &daemon, sizeof daemon), static_cast<ssize_t>(sizeof daemon));
  char trouble[500] = {};
  if (daemon < 0 && read(ready[0], trouble, sizeof trouble - 1) < 0) trouble[0] = '\0';
  kill(owner, SIGKILL);
  waitpid(owner, nullptr, 0);
  close(ready[0]);
  if (daemon < 0 && std::string(trouble).find("needs ") != std::string::npos)
    GTEST_SKIP() << trouble;
  ASSERT_GE(daemon, 0) << trouble;
  EXPECT_THAT(LeftInTheEnd(scratch_), IsEmpty());
  for (int i = 0; i < 6000 && daemon != 0 && Alive(daemon); ++i) usleep(10'000);
  EXPECT_TRUE(daemon == 0 || !Alive(daemon));
  EXPECT_FALSE(fs::exists(places_.store + "/image"));
  EXPECT_FALSE(fs::exists(places_.folder + "/file") && kind.program != "bindfs");
  std::error_code ec;
  fs::remove_all(places_.folder, ec);
  EXPECT_FALSE(fs::exists(places_.folder)) << ec.message();
}

INSTANTIATE_TEST_SUITE_P(All, EachFileSystem, ::testing::ValuesIn(AllFileSystems()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_F(MountTest, ASmallOneIsFullWithTheRightErrorAndRoomComesBack) {
  const Status entered = EnterPrivateMounts();
  SKIP_OR_ASSERT(entered);
  const auto mounted = Make("mount db fs=tmpfs size_mib=1");
  ASSERT_TRUE(mounted.ok()) << mounted.Message();
  ASSERT_TRUE(Apply("fill db leave_kib=0").ok());
  std::ofstream file(places_.folder + "/file");
  errno = 0;
  file << "content" << std::flush;
  EXPECT_FALSE(file.good());
  EXPECT_EQ(errno, ENOSPC);
  ASSERT_TRUE(Apply("fill db leave_kib=64").ok());
  file.clear();
  file << "content" << std::flush;
  EXPECT_TRUE(file.good());
}

TEST_F(MountTest, ReadOnlyIsRefusedWhileAFileIsOpenForWriting) {
  const Status entered = EnterPrivateMounts();
  SKIP_OR_ASSERT(entered);
  const auto mounted = Make("mount db fs=tmpfs");
  ASSERT_TRUE(mounted.ok()) << mounted.Message();
  std::optional<std::ofstream> file(places_.folder + "/file");
  EXPECT_THAT(Apply("remount db read_only=yes").Message(), HasSubstr("open for writing"));
  file.reset();
  ASSERT_TRUE(Apply("remount db read_only=yes").ok());
  EXPECT_FALSE(std::ofstream(places_.folder + "/other").is_open());
  EXPECT_EQ(errno, EROFS);
  ASSERT_TRUE(Apply("remount db read_only=no").ok());
  EXPECT_TRUE(std::ofstream(places_.folder + "/other").is_open());
}

TEST_F(MountTest, UnmountShowsWhatWasBelow) {
  const Status entered = EnterPrivateMounts();
  SKIP_OR_ASSERT(entered);
  fs::create_directory(places_.folder);
  std::ofstream(places_.folder + "/app.db") << "below";
  const auto mounted = Make("mount db fs=tmpfs");
  ASSERT_TRUE(mounted.ok()) << mounted.Message();
  EXPECT_FALSE(fs::exists(places_.folder + "/app.db"));
  std::ofstream above(places_.folder + "/app.db");
  ASSERT_TRUE(Apply("unmount db").ok()) << "also while a file is open";
  EXPECT_EQ(Read(places_.folder + "/app.db"), "below");
}

TEST_F(MountTest, AnOverlayCopiesUpWhatIsBelow) {
  const Status entered = EnterPrivateMounts();
  SKIP_OR_ASSERT(entered);
  places_.lower = In("with,comma:colon");
  fs::create_directory(places_.lower);
  std::ofstream(places_.lower + "/app.db") << "below";
  const auto mounted = Make("mount db fs=overlay");
  SKIP_OR_ASSERT(mounted);
  EXPECT_EQ(Read(places_.folder + "/app.db"), "below");
  std::ofstream(places_.folder + "/app.db") << "above";
  EXPECT_EQ(Read(places_.lower + "/app.db"), "below");
}

TEST_F(MountTest, WhatCannotBeIsRefusedByName) {
  EXPECT_THAT(Make("mount db").Message(), HasSubstr("'fs' is missing"));
  EXPECT_THAT(Make("mount db fs=btfrs").Message(), HasSubstr("nearest: 'btrfs'"));
  EXPECT_THAT(Make("mount wal fs=tmpfs").Message(), HasSubstr("the target is db"));
  EXPECT_THAT(Make("mount db fs=fuse size_mib=1").Message(), HasSubstr("no size_mib"));
  EXPECT_THAT(Apply("fill db").Message(), HasSubstr("'leave_kib' is missing"));
  EXPECT_THAT(Apply("remount db").Message(), HasSubstr("'read_only' is missing"));
  EXPECT_THAT(Apply("touch db").Message(), HasSubstr("nothing that happens to a mount"));
  EXPECT_THAT(Events(), IsEmpty()) << "what is refused has not fired";
  places_.second = "";
  EXPECT_THAT(Make("mount db fs=two_mounts").Message(), HasSubstr("second folder"));
}

TEST_F(MountTest, WhatFailsIsInTheLedgerAndUndone) {
  const Status entered = EnterPrivateMounts();
  SKIP_OR_ASSERT(entered);
  const auto too_small = Make("mount db fs=xfs size_mib=16");
  ASSERT_FALSE(too_small.ok());
  SKIP_OR_ASSERT(Status(too_small.Message().find("needs ") == std::string::npos
                            ? Status()
                            : Status(too_small.error())));
  EXPECT_THAT(too_small.Message(), HasSubstr("mkfs.xfs")) << "what the program said is passed on";
  EXPECT_THAT(Events(), ::testing::ElementsAre("fired mount db fs=xfs size_mib=16",
                                               "failed mount db fs=xfs size_mib=16"));
  EXPECT_FALSE(fs::exists(places_.store + "/image"));
  EXPECT_THAT(LeftInTheEnd(scratch_), IsEmpty());
}

// An ordinary user is told, and nothing has happened. As root the test becomes one in a child.
TEST_F(MountTest, AnOrdinaryUserIsToldThatItNeedsRoot) {
  const pid_t child = fork();
  if (child == 0) {
    if (setuid(65534) != 0) _exit(2);
    const bool told = EnterPrivateMounts().Message().find("needs root") != std::string::npos &&
                      Make("mount db fs=tmpfs").Message().find("needs root") != std::string::npos;
    _exit(told ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_THAT(Events(), IsEmpty());
}

}  // namespace
}  // namespace faults
