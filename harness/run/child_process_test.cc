#include "harness/run/child_process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <fstream>

namespace harness {
namespace {

Command Shell(const std::string& script) {
  return {"/bin/sh", {"-c", script}, {}, testing::TempDir() + "/child_process_test.stderr"};
}

TEST(ChildProcess, TellsExitFromSignal) {
  auto exits = ChildProcess::Start(Shell("exit 9"));
  ASSERT_TRUE(exits.ok());
  const auto exited = exits.value().Wait(-1);
  ASSERT_TRUE(exited);
  EXPECT_FALSE(exited->signaled);
  EXPECT_EQ(exited->code, 9);
  auto dies = ChildProcess::Start(Shell("kill -9 $$"));
  const auto died = dies.value().Wait(-1);
  ASSERT_TRUE(died);
  EXPECT_TRUE(died->signaled);
  EXPECT_EQ(died->code, SIGKILL);
}

TEST(ChildProcess, InheritsNothingButItsPipes) {
  const int leaked = open("/dev/null", O_RDONLY);  // not CLOEXEC, on purpose
  const auto listed = RunToEnd(Shell("ls /proc/self/fd | tr '\\n' ' '"), 10'000);
  close(leaked);
  ASSERT_TRUE(listed.ok()) << listed.error();
  EXPECT_EQ(listed.value(), "0 1 2 3 ") << "3 is the directory that ls reads";
}

TEST(ChildProcess, SeesTheEndOfItsInput) {
  // A second child that inherited the first one's pipe would keep it open.
  auto reader = ChildProcess::Start(Shell("cat > /dev/null; exit 5"));
  auto other = ChildProcess::Start(Shell("sleep 60"));
  ASSERT_TRUE(reader.ok() && other.ok());
  reader.value().CloseStdin();
  const auto status = reader.value().Wait(10'000);
  ASSERT_TRUE(status);
  EXPECT_EQ(status->code, 5);
}

TEST(ChildProcess, IsKilledWithItsWholeGroup) {
  const std::string pid_file = testing::TempDir() + "/grandchild";
  std::filesystem::remove(pid_file);
  pid_t grandchild = 0;
  {
    auto parent =
        ChildProcess::Start(Shell("sleep 60 & echo $! > " + pid_file + "; echo ready; wait"));
    ASSERT_TRUE(parent.ok());
    char line[16];
    while (read(parent.value().stdout_fd(), line, sizeof line) <= 0) usleep(1000);
    std::ifstream(pid_file) >> grandchild;
  }
  ASSERT_GT(grandchild, 0);
  // The kernel ends it in its own time and init reaps it; the test's limit is only against a hang.
  const auto runs = [&] {
    std::ifstream stat("/proc/" + std::to_string(grandchild) + "/stat");
    std::string pid, name, state;
    stat >> pid >> name >> state;
    return !(state.empty() || state == "Z" || state == "X");
  };
  for (int i = 0; i < 2000 && runs(); ++i) usleep(5000);
  EXPECT_FALSE(runs());
}

TEST(ChildProcess, WhatCannotStartIsAnError) {
  const auto none = ChildProcess::Start({"/no/such/program", {}, {}, "/dev/null"});
  ASSERT_FALSE(none.ok());
  EXPECT_NE(none.error().find("/no/such/program"), std::string::npos);
}

// Makes pidfd_open fail with EMFILE in this process, for good.
bool DenyPidfds() {
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EMFILE),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{std::size(filter), filter};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

TEST(ChildProcess, AProcessThatCannotBeWatchedOverIsAnErrorAndIsNotLeftRunning) {
  const auto start = [] {
    if (!DenyPidfds()) _exit(3);
    const auto denied = ChildProcess::Start(Shell("sleep 60"));
    const bool clear = !denied.ok() && denied.error().find("RLIMIT_NOFILE") != std::string::npos;
    _exit(clear && waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD ? 0 : 1);
  };
  EXPECT_EXIT(start(), testing::ExitedWithCode(0), "");
}

TEST(ChildProcess, TooManyOpenFilesAreAnErrorThatNamesTheLimit) {
  const auto start = [] {
    // UBSan asks by way of a pipe whether an object is what its type says, and remembers the
    // answer: what is met below for the first time would count as broken once there are no
    // descriptors.
    if (ChildProcess::Start({"/no/such/program", {}, {}, "/dev/null"}).ok()) _exit(2);
    const rlimit few{3, 3};
    setrlimit(RLIMIT_NOFILE, &few);
    const auto denied = ChildProcess::Start(Shell("exit 0"));
    _exit(!denied.ok() && denied.error().find("RLIMIT_NOFILE") != std::string::npos ? 0 : 1);
  };
  EXPECT_EXIT(start(), testing::ExitedWithCode(0), "");
}

TEST(RunToEnd, ReportsStderrAndTimeouts) {
  const auto failed = RunToEnd(Shell("echo why >&2; exit 3"), 10'000);
  ASSERT_FALSE(failed.ok());
  EXPECT_NE(failed.error().find("why"), std::string::npos) << failed.error();
  EXPECT_FALSE(RunToEnd(Shell("sleep 60"), 100).ok());
}

TEST(ChildProcess, EnvironmentIsAddedAndTheParentsStaysAsItIs) {
  Command command = Shell("printf %s \"$HARNESS_TEST_WORD\"");
  command.environment["HARNESS_TEST_WORD"] = "hello";
  const auto printed = RunToEnd(command, 10'000);
  ASSERT_TRUE(printed.ok());
  EXPECT_EQ(printed.value(), "hello");
  EXPECT_EQ(getenv("HARNESS_TEST_WORD"), nullptr);
}

}  // namespace
}  // namespace harness
