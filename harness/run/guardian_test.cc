#include "harness/run/guardian.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace harness {
namespace {

namespace fs = std::filesystem;

// A runner that registers a sleeping child and a folder, and is killed without a chance to clean
// up.
TEST(Guardian, CleansUpWhenTheRunnerIsKilled) {
  const std::string folder = testing::TempDir() + "/guarded";
  fs::create_directories(folder + "/inner");
  std::ofstream(folder + "/inner/app.db") << "content";
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t runner = fork();
  if (runner == 0) {
    Guardian guardian;
    if (!guardian.Start().ok()) _exit(1);
    const pid_t child = fork();
    if (child == 0) {
      setpgid(0, 0);
      execlp("sleep", "sleep", "1000",
             nullptr);  // exec, as actors do: the guardian's pipe is not theirs
      _exit(1);
    }
    setpgid(child, child);
    guardian.AddGroup(child);
    guardian.AddFolder(folder);
    if (write(ready[1], &child, sizeof child) != sizeof child) _exit(1);
    while (true) pause();
  }
  close(ready[1]);
  pid_t child = 0;
  ASSERT_EQ(read(ready[0], &child, sizeof child), static_cast<ssize_t>(sizeof child));
  ASSERT_TRUE(fs::exists(folder));
  kill(runner, SIGKILL);
  waitpid(runner, nullptr, 0);
  // The pipe ends when nobody has it any more: child and guardian are gone, and the work is done.
  char byte;
  EXPECT_EQ(read(ready[0], &byte, 1), 0);
  close(ready[0]);
  for (int i = 0; i < 1000 && fs::exists(folder); ++i) usleep(10'000);
  EXPECT_FALSE(fs::exists(folder));
  EXPECT_TRUE(kill(child, 0) != 0 || waitpid(child, nullptr, WNOHANG) != 0);
}

TEST(Guardian, TriesAgainUntilItIsGoneAndNotForEver) {
  int tries = 0;
  EXPECT_TRUE(UntilGone([&] { return ++tries == 3; }));
  EXPECT_EQ(tries, 3);
  EXPECT_FALSE(UntilGone([&] { return ++tries < 0; }, 2));
  EXPECT_EQ(tries, 5);
}

TEST(Guardian, TouchesNothingThatWasTakenBack) {
  const std::string folder = testing::TempDir() + "/kept";
  fs::create_directories(folder);
  {
    Guardian guardian;
    ASSERT_TRUE(guardian.Start().ok());
    guardian.AddFolder(folder);
    guardian.DropFolder(folder);
  }
  EXPECT_TRUE(fs::exists(folder));
  fs::remove_all(folder);
}

}  // namespace
}  // namespace harness
