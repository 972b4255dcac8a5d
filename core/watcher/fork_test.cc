// fork() without exec: not supported, and still nothing hangs and the parent does not notice.
#include <gtest/gtest.h>

#include <string>

#include "core/testing/child.h"
#include "core/testing/scratch.h"
#include "core/testing/watching.h"

namespace honker {
namespace {

using testing::Abi;
using testing::Database;
using testing::RunInChild;
using testing::Scratch;
using testing::Watch;

TEST(Fork, AChildsUseOfAHandleIsAnswered) {
  const Scratch scratch;
  Database writer(scratch.Path("a.db"), Database::kPlain);
  writer.Run("PRAGMA journal_mode = WAL; CREATE TABLE t(a)");
  for (const char* backend : {"polling", "kernel", "shm", "verified"}) {
    Watch watch(scratch.Path("a.db"), backend);
    ASSERT_TRUE(watch.ok()) << watch.error();
    EXPECT_EQ(RunInChild([&] {
                if (Abi().wait(watch.get(), UINT64_MAX) != -1) return 1;
                Abi().close(watch.get());
                return 0;
              }),
              0);
    writer.Run("INSERT INTO t VALUES (1)");
    EXPECT_EQ(watch.Wait(), 1);
  }
}

}  // namespace
}  // namespace honker
