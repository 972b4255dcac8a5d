#include "harness/base/patience.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace harness {
namespace {

constexpr int64_t kMs = 1'000'000;

struct World {
  int64_t now_ns = 5 * kMs;
  pid_t blocked = 0;

  Patience Make(int64_t limit_ms) {
    return Patience(
        limit_ms, [this] { return now_ns; }, [this](pid_t pid) { return pid == blocked; });
  }
};

TEST(Patience, EndsAtItsLimit) {
  World world;
  Patience patience = world.Make(100);
  world.now_ns += 99 * kMs;
  EXPECT_FALSE(patience.IsOver({1}));
  EXPECT_EQ(patience.left_ms(), 1);
  world.now_ns += kMs;
  EXPECT_TRUE(patience.IsOver({1}));
  patience.Restart();
  EXPECT_FALSE(patience.IsOver({1}));
}

TEST(Patience, TimeInUninterruptibleSleepDoesNotCount) {
  World world;
  Patience patience = world.Make(100);
  world.blocked = 2;
  world.now_ns += 1'000 * kMs;
  EXPECT_FALSE(patience.IsOver({1, 2}));
  world.blocked = 0;
  world.now_ns += 40 * kMs;
  EXPECT_FALSE(patience.IsOver({1, 2}));
  world.now_ns += 20 * kMs;
  EXPECT_TRUE(patience.IsOver({1, 2}));
}

TEST(Patience, EndsInTheEndWhereADiskNeverAnswers) {
  World world;
  Patience patience = world.Make(100);
  world.blocked = 1;
  world.now_ns += 1'999 * kMs;
  EXPECT_FALSE(patience.IsOver({1}));
  world.now_ns += 21 * kMs;
  EXPECT_TRUE(patience.IsOver({1}));
}

TEST(UninterruptibleSleep, IsNotSaidOfAProcessThatRunsOrIsGone) {
  EXPECT_FALSE(InUninterruptibleSleep(getpid()));
  EXPECT_FALSE(InUninterruptibleSleep(0));
}

// vfork keeps the parent in state D until the child is gone: the one such sleep that a test can
// make.
TEST(UninterruptibleSleep, IsSaidOfAParentInVfork) {
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t parent = fork();
  if (parent == 0) {
    setpgid(0, 0);
    if (vfork() == 0) {
      (void)!write(ready[1], "x", 1);
      while (true) pause();
    }
    _exit(0);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  // The child of it writes; the parent itself may still be on its way into the sleep.
  bool blocked = false;
  for (int i = 0; i < 10'000 && !blocked; ++i) {
    blocked = InUninterruptibleSleep(parent);
    if (!blocked) usleep(1'000);
  }
  EXPECT_TRUE(blocked);
  kill(-parent, SIGKILL);
  waitpid(parent, nullptr, 0);
  EXPECT_FALSE(InUninterruptibleSleep(parent)) << "it is gone";
}

}  // namespace
}  // namespace harness
