// Commits, rollbacks and the baseline: each backend in each journal mode.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <tuple>

#include "core/testing/scratch.h"
#include "core/testing/watching.h"

namespace honker {
namespace {

using testing::Database;
using testing::Scratch;
using testing::WaitForLooks;
using testing::Watch;

struct Backend {
  const char* name;
  const char* thread;
  // Looks to wait for before silence means something, where that is asked often: those that take
  // place by themselves ten times a second, or none, would only make the test long.
  int looks;
};
constexpr Backend kPolling = {"polling", "honker-poll", 3};
constexpr Backend kKernel = {"kernel", "honker-kernel", 0};
constexpr Backend kShm = {"shm", "honker-shm", 3};
constexpr Backend kVerified = {"verified", "honker-verified", 0};

using Cell = std::tuple<Backend, std::string>;

class Commits : public ::testing::TestWithParam<Cell> {
 protected:
  Commits() {
    writer_.Run("PRAGMA journal_mode = " + std::get<1>(GetParam()));
    writer_.Run("PRAGMA synchronous = OFF; CREATE TABLE t(a)");
  }
  const Backend& backend() const { return std::get<0>(GetParam()); }

  Scratch scratch_;
  std::string path_ = scratch_.Path("a.db");
  Database writer_{path_, Database::kPlain};
};

// Backends that promise silence where nothing was committed, and one wake where something was.
class ExactCommits : public Commits {};

// The wake may be early (kernel): what counts is that a wake comes whose re-read, or that of a
// later one, sees the commit. The next commit is made only then.
TEST_P(Commits, EachIsSeen) {
  Watch watch(path_, backend().name);
  ASSERT_TRUE(watch.ok()) << watch.error();
  Database reader(path_, Database::kPlain);
  for (int i = 1; i <= 50; ++i) {
    writer_.Run("INSERT INTO t VALUES (1)");
    ASSERT_EQ(watch.Wait(), 1) << i;
    EXPECT_EQ(reader.AskInt("SELECT count(*) FROM t"), i);
  }
}

TEST_P(Commits, RightAfterOpenIsSeen) {
  for (int i = 0; i < 50; ++i) {
    Watch watch(path_, backend().name);
    ASSERT_TRUE(watch.ok()) << watch.error();
    writer_.Run("INSERT INTO t VALUES (1)");
    ASSERT_EQ(watch.Wait(), 1) << i;
  }
}

TEST_P(Commits, ByAConnectionForOneCommitOnly) {
  writer_.Close();
  Watch watch(path_, backend().name);
  ASSERT_TRUE(watch.ok()) << watch.error();
  for (int i = 0; i < 20; ++i) {
    {
      Database brief(path_, Database::kPlain);
      brief.Run("PRAGMA synchronous = OFF; INSERT INTO t VALUES (1)");
    }
    ASSERT_EQ(watch.Wait(), 1) << i;
    WaitForLooks(backend().thread, backend().looks);
    (void)watch.Look();  // a checkpoint at the close may move data_version once more
  }
}

TEST_P(ExactCommits, NothingIsSilent) {
  Watch watch(path_, backend().name);
  ASSERT_TRUE(watch.ok()) << watch.error();
  WaitForLooks(backend().thread, 5);
  EXPECT_EQ(watch.Look(), 0);
  writer_.Run("BEGIN; SELECT * FROM t; COMMIT");
  writer_.Run("BEGIN; INSERT INTO t VALUES (1); ROLLBACK");
  writer_.Run("SAVEPOINT s; INSERT INTO t VALUES (1); ROLLBACK TO s; ROLLBACK");
  writer_.Run("BEGIN IMMEDIATE; COMMIT");
  writer_.Run("DELETE FROM t WHERE 0");
  WaitForLooks(backend().thread);
  EXPECT_EQ(watch.Look(), 0);
  writer_.Run("INSERT INTO t VALUES (1)");
  EXPECT_EQ(watch.Wait(), 1);
  WaitForLooks(backend().thread);
  EXPECT_EQ(watch.Look(), 0) << "one commit, one wake";
}

// SQLite writes a transaction whose only changes were undone by ROLLBACK TO: its pages are dirty,
// and the change counter (in WAL: a frame) goes out with the COMMIT. For everybody else that is a
// commit.
TEST_P(Commits, ACommitAfterRollbackToIsACommit) {
  Watch watch(path_, backend().name);
  ASSERT_TRUE(watch.ok()) << watch.error();
  writer_.Run("BEGIN; SAVEPOINT s; INSERT INTO t VALUES (1); ROLLBACK TO s; COMMIT");
  EXPECT_EQ(watch.Wait(), 1);
}

TEST_P(ExactCommits, BurstsCoalesce) {
  Watch watch(path_, backend().name);
  ASSERT_TRUE(watch.ok()) << watch.error();
  for (int i = 0; i < 10; ++i) writer_.Run("INSERT INTO t VALUES (1)");
  WaitForLooks(backend().thread);
  EXPECT_EQ(watch.Wait(), 1);
  EXPECT_EQ(watch.Look(), 0);
}

// A consumer that opens a connection for each re-read must not wake itself for ever.
TEST_P(Commits, ReadingIsNotACommit) {
  writer_.Close();
  Watch watch(path_, backend().name);
  ASSERT_TRUE(watch.ok()) << watch.error();
  int wakes = 0;
  for (int i = 0; i < 20; ++i) {
    {
      Database reader(path_, Database::kPlain);
      EXPECT_EQ(reader.AskInt("SELECT count(*) FROM t"), 0);
    }
    // The kernel's events of this round are queued already: one more round trip through a sentinel.
    WaitForLooks(backend().thread, backend().looks);
    wakes += watch.Look();
  }
  {
    Database sentinel(path_, Database::kPlain);
    sentinel.Run("INSERT INTO t VALUES (1)");
  }
  EXPECT_EQ(watch.Wait(), 1);
  EXPECT_LE(wakes, 1);
}

// Whoever closes last tidies up, the watcher too: also where the database became a WAL one under
// it.
TEST_P(Commits, NoSidecarStaysBehind) {
  Watch watch(path_, backend().name);
  ASSERT_TRUE(watch.ok()) << watch.error();
  writer_.Run("PRAGMA journal_mode = WAL; INSERT INTO t VALUES (1)");
  ASSERT_EQ(watch.Wait(), 1);
  writer_.Close();
  watch.Close();
  EXPECT_FALSE(std::filesystem::exists(path_ + "-wal"));
  EXPECT_FALSE(std::filesystem::exists(path_ + "-shm"));
  EXPECT_EQ(Database(path_, Database::kPlain).AskInt("SELECT count(*) FROM t"), 1);
}

std::string CellName(const ::testing::TestParamInfo<Cell>& info) {
  return std::string(std::get<0>(info.param).name) + "_" + std::get<1>(info.param);
}

// SQLite reads an empty file anew at every look, and data_version moves each time.
TEST(EmptyFile, IsSilentUntilSomethingIsWritten) {
  const Scratch scratch;
  const std::string path = scratch.Path("a.db");
  std::ofstream{path};
  Watch watch(path, "polling");
  ASSERT_TRUE(watch.ok()) << watch.error();
  WaitForLooks("honker-poll", 10);
  EXPECT_EQ(watch.Look(), 0);
  Database writer(path, Database::kPlain);
  writer.Run("CREATE TABLE t(a)");
  EXPECT_EQ(watch.Wait(), 1);
  // And when it becomes empty under it: one wake, and silence.
  ASSERT_EQ(truncate(path.c_str(), 0), 0);
  EXPECT_EQ(watch.Wait(), 1);
  WaitForLooks("honker-poll", 10);
  EXPECT_EQ(watch.Look(), 0);
}

const auto kModes = ::testing::Values("DELETE", "TRUNCATE", "PERSIST", "WAL", "MEMORY", "OFF");
const auto kEventModes =
    ::testing::Combine(::testing::Values(kPolling, kKernel, kVerified), kModes);
const auto kExactModes = ::testing::Combine(::testing::Values(kPolling, kVerified), kModes);
const auto kShmModes = ::testing::Combine(::testing::Values(kShm), ::testing::Values("WAL"));
INSTANTIATE_TEST_SUITE_P(Modes, Commits, kEventModes, CellName);
INSTANTIATE_TEST_SUITE_P(Shm, Commits, kShmModes, CellName);
INSTANTIATE_TEST_SUITE_P(Modes, ExactCommits, kExactModes, CellName);
INSTANTIATE_TEST_SUITE_P(Shm, ExactCommits, kShmModes, CellName);

}  // namespace
}  // namespace honker
