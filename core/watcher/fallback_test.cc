// A backend that is known but not in the build: polling takes its place, and says so once.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "core/testing/child.h"
#include "core/testing/scratch.h"
#include "core/testing/watching.h"

namespace honker {
namespace {

using testing::Database;
using testing::Scratch;
using testing::ThreadsNamed;
using testing::Watch;

TEST(Fallback, IsPollingAndIsSaidOnceABackend) {
  const Scratch scratch;
  const std::string said = scratch.Path("stderr");
  EXPECT_EQ(testing::RunInChild([&] {
              setenv("HONKER_TEST_EXT", HONKER_EXT_POLLING_PATH, 1);
              if (std::freopen(said.c_str(), "w", stderr) == nullptr) return 2;
              // No WAL: polling does not ask for it.
              Database db(scratch.Path("a.db"));
              Watch kernel(scratch.Path("a.db"), "kernel");
              Watch again(scratch.Path("a.db"), "kernel-watcher");
              Watch shm(scratch.Path("a.db"), "shm");
              Watch verified(scratch.Path("a.db"), "verified");
              if (!kernel.ok() || !again.ok() || !shm.ok() || !verified.ok()) return 3;
              if (ThreadsNamed("honker-poll") != 1) return 4;
              db.Run("SELECT notify('c', 'p')");
              return kernel.Wait() == 1 && again.Wait() == 1 && shm.Wait() == 1 &&
                             verified.Wait() == 1
                         ? 0
                         : 5;
            }),
            0);
  std::ifstream file(said);
  const std::string lines(std::istreambuf_iterator<char>(file), {});
  EXPECT_EQ(
      lines,
      "honker: the watcher backend kernel is not part of this build; polling takes its place\n"
      "honker: the watcher backend shm is not part of this build; polling takes its place\n"
      "honker: the watcher backend verified is not part of this build; polling takes its place\n");
}

}  // namespace
}  // namespace honker
