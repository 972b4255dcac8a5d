#include "faults/fs/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

namespace faults {
namespace {

using ::testing::HasSubstr;

TEST(Program, IsFoundOrNamedWithItsPackage) {
  EXPECT_EQ(FindProgram("sh", "dash", "/nowhere:/bin").value(), "/bin/sh");
  const auto missing = FindProgram("mkfs.btrfs", "btrfs-progs", "/nowhere");
  ASSERT_FALSE(missing.ok());
  EXPECT_THAT(missing.Message(), HasSubstr("needs mkfs.btrfs: apt-get install btrfs-progs"));
}

TEST(Program, WhatItSaidIsPassedOn) {
  EXPECT_TRUE(RunProgram({"/bin/sh", "-c", "echo nobody reads this; echo nor this >&2"}).ok());
  const Status failed = RunProgram({"/bin/sh", "-c", "echo because >&2; exit 3"});
  EXPECT_THAT(failed.Message(), HasSubstr("exit 3: because"));
  EXPECT_THAT(RunProgram({"/no/such/program"}).Message(), HasSubstr("/no/such/program"));
}

TEST(Program, ADaemonIsKilledWithItsOwner) {
  pid_t pid = 0;
  {
    auto daemon = Daemon::Start({"/bin/sleep", "1000"});
    ASSERT_TRUE(daemon.ok()) << daemon.Message();
    pid = daemon.value().pid();
    EXPECT_TRUE(daemon.value().StillThere().ok());
    EXPECT_EQ(getpgid(pid), pid);
  }
  EXPECT_NE(kill(pid, 0), 0) << "ended and reaped";
}

TEST(Program, ADaemonThatEndedSaysWhy) {
  auto daemon = Daemon::Start({"/bin/sh", "-c", "echo because >&2; exit 3"});
  ASSERT_TRUE(daemon.ok());
  Status there;
  for (int i = 0; i < 6000 && there.ok(); ++i) {
    usleep(10'000);
    there = daemon.value().StillThere();
  }
  EXPECT_THAT(there.Message(), HasSubstr("exit 3: because"));
}

}  // namespace
}  // namespace faults
