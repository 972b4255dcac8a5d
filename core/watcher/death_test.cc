// When the file is not the file any more: every subscriber, present and future, is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "core/testing/scratch.h"
#include "core/testing/watching.h"

namespace honker {
namespace {

using testing::Database;
using ::testing::HasSubstr;
using testing::Scratch;
using testing::WaitForLooks;
using testing::Watch;

std::string Identity(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(stat(path.c_str(), &status), 0);
  return "(dev=" + std::to_string(status.st_dev) + ", ino=" + std::to_string(status.st_ino) + ")";
}

// The swap itself may be an event, and so a wake before it.
void WaitForDeath(Watch& watch) {
  int result = 1;
  while (result == 1) result = watch.Wait();
  EXPECT_EQ(result, -1);
}

class Death : public ::testing::TestWithParam<const char*> {
 protected:
  Death() { Make(path_); }

  static void Make(const std::string& path) {
    Database db(path, Database::kPlain);
    db.Run("PRAGMA journal_mode = WAL; CREATE TABLE t(a); INSERT INTO t VALUES (1)");
  }

  Scratch scratch_;
  std::string path_ = scratch_.Path("a.db");
};

TEST_P(Death, RenameOverIsToldToEverybodyOnceOnStderr) {
  ::testing::internal::CaptureStderr();
  Watch first(path_, GetParam());
  Watch second(path_, GetParam());
  ASSERT_TRUE(first.ok()) << first.error();
  const std::string before = Identity(path_);
  Make(scratch_.Path("new.db"));
  const std::string after = Identity(scratch_.Path("new.db"));
  std::filesystem::rename(scratch_.Path("new.db"), path_);

  WaitForDeath(first);
  EXPECT_EQ(first.Look(), -1);
  EXPECT_EQ(first.Look(), -1);
  WaitForDeath(second);
  const std::string sentence = "honker: database file replaced: expected " + before + ", found " +
                               after + " at \"" + path_ +
                               "\". The watcher cannot recover; close the Database and reopen with "
                               "honker.open().";
  Watch later(path_, GetParam());
  EXPECT_FALSE(later.ok());
  EXPECT_EQ(later.error(), sentence);

  first.Close();
  EXPECT_FALSE(Watch(path_, GetParam()).ok()) << "known until its last handle closes";
  second.Close();
  Watch fresh(path_, GetParam());
  ASSERT_TRUE(fresh.ok()) << fresh.error();
  Database(path_, Database::kPlain).Run("INSERT INTO t VALUES (2)");
  EXPECT_EQ(fresh.Wait(), 1);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), sentence + "\n");
}

TEST_P(Death, AFileThatStaysAwayIsToldInPlainWords) {
  ::testing::internal::CaptureStderr();
  Watch watch(path_, GetParam());
  ASSERT_TRUE(watch.ok()) << watch.error();
  std::filesystem::remove(path_);
  WaitForDeath(watch);
  EXPECT_EQ(watch.Look(), -1);
  watch.Close();  // subscribers are told before stderr is; the thread has ended after this
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              ::testing::AllOf(HasSubstr("honker: database file is gone: expected (dev="),
                               HasSubstr("found nothing at \"" + path_ + "\"")));
}

TEST_P(Death, WhoComesWhenTheFileIsGoneLearnsWhatBecameOfIt) {
  ::testing::internal::CaptureStderr();
  Watch watch(path_, GetParam());
  ASSERT_TRUE(watch.ok()) << watch.error();
  std::filesystem::remove(path_);
  WaitForDeath(watch);
  Watch later(path_, GetParam());
  EXPECT_FALSE(later.ok());
  EXPECT_THAT(later.error(), HasSubstr("honker: database file is gone: expected (dev="));
  watch.Close();
  Watch fresh(path_, GetParam());
  EXPECT_FALSE(fresh.ok());
  EXPECT_THAT(fresh.error(), HasSubstr("it does not exist"))
      << "known until its last handle closes";
  (void)::testing::internal::GetCapturedStderr();
}

// A link that is pointed elsewhere is a replacement for those who asked for the link, and for
// nobody else.
TEST_P(Death, ALinkThatLeadsElsewhereIsOne) {
  ::testing::internal::CaptureStderr();
  const std::string link = scratch_.Path("current.db");
  std::filesystem::create_symlink(path_, link);
  Watch by_link(link, GetParam());
  Watch by_name(path_, GetParam());
  ASSERT_TRUE(by_link.ok() && by_name.ok()) << by_link.error() << by_name.error();
  const std::string before = Identity(path_);
  Make(scratch_.Path("new.db"));
  const std::string after = Identity(scratch_.Path("new.db"));
  std::filesystem::create_symlink(scratch_.Path("new.db"), scratch_.Path("next"));
  std::filesystem::rename(scratch_.Path("next"), link);
  WaitForDeath(by_link);
  const std::string sentence = "honker: database file replaced: expected " + before + ", found " +
                               after + " at \"" + link + "\"";
  Watch later(link, GetParam());
  EXPECT_FALSE(later.ok());
  EXPECT_THAT(later.error(), HasSubstr(sentence));
  Database(path_, Database::kPlain).Run("INSERT INTO t VALUES (2)");
  EXPECT_EQ(by_name.Wait(), 1) << "its file is what it was";
  by_link.Close();
  Watch fresh(link, GetParam());
  EXPECT_TRUE(fresh.ok()) << fresh.error();
  by_name.Close();
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr(sentence));
}

// The connection of a dead watcher must not tidy up: -wal and -shm of that name are the new
// database's.
TEST_P(Death, TheNewDatabaseKeepsItsWal) {
  ::testing::internal::CaptureStderr();
  Watch watch(path_, GetParam());
  ASSERT_TRUE(watch.ok()) << watch.error();
  Make(scratch_.Path("new.db"));
  std::filesystem::rename(scratch_.Path("new.db"), path_);
  std::filesystem::remove(path_ + "-wal");
  std::filesystem::remove(path_ + "-shm");
  Database writer(path_, Database::kPlain);
  writer.Run("INSERT INTO t VALUES (2)");
  WaitForDeath(watch);
  watch.Close();
  EXPECT_TRUE(std::filesystem::exists(path_ + "-wal"));
  Database reader(path_, Database::kPlain);
  EXPECT_EQ(reader.AskInt("SELECT count(*) FROM t"), 2);
  EXPECT_EQ(reader.Ask("PRAGMA integrity_check"), "ok");
  (void)::testing::internal::GetCapturedStderr();
}

// Documented as a replacement, but VACUUM writes into the file it finds; the identity stays.
TEST_P(Death, VacuumIsNotOne) {
  Watch watch(path_, GetParam());
  ASSERT_TRUE(watch.ok()) << watch.error();
  Database db(path_, Database::kPlain);
  db.Run("VACUUM");
  EXPECT_EQ(watch.Wait(), 1);
  db.Run("INSERT INTO t VALUES (3)");
  EXPECT_EQ(watch.Wait(), 1);
}

INSTANTIATE_TEST_SUITE_P(Backends, Death,
                         ::testing::Values("polling", "kernel", "shm", "verified"));

class ShmFile : public Death {
 protected:
  static std::string ThreadName() {
    const std::string backend = GetParam();
    return "honker-" + (backend == "polling" ? "poll" : backend);
  }
};

TEST_P(ShmFile, RemovedUnderItIsDeath) {
  ::testing::internal::CaptureStderr();
  Watch watch(path_, GetParam());
  ASSERT_TRUE(watch.ok()) << watch.error();
  std::filesystem::remove(path_ + "-shm");
  WaitForDeath(watch);
  watch.Close();
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              HasSubstr("honker: WAL-index file is gone: expected (dev="));
}

// Reading beyond the end of a truncated mapping is a SIGBUS: the test would be gone.
TEST_P(ShmFile, TruncatedUnderItDoesNotKill) {
  ::testing::internal::CaptureStderr();
  Watch watch(path_, GetParam());
  ASSERT_TRUE(watch.ok()) << watch.error();
  ASSERT_EQ(truncate((path_ + "-shm").c_str(), 0), 0);
  WaitForLooks(ThreadName(), 3);
  // Back to its size, zeroed: the next connection rebuilds it.
  ASSERT_EQ(truncate((path_ + "-shm").c_str(), 32768), 0);
  Database(path_, Database::kPlain).Run("INSERT INTO t VALUES (2)");
  EXPECT_EQ(watch.Wait(), 1);
  watch.Close();
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("-shm was truncated"));
}

// The watcher's own connection is closed while the mapping cannot be read.
TEST_P(ShmFile, ClosedWhileItIsTruncatedDoesNotKill) {
  ::testing::internal::CaptureStderr();
  Watch watch(path_, GetParam());
  ASSERT_TRUE(watch.ok()) << watch.error();
  ASSERT_EQ(truncate((path_ + "-shm").c_str(), 0), 0);
  WaitForLooks(ThreadName(), 3);
  watch.Close();
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("-shm was truncated"));
}

// A look at one page is no look at the rest: SQLite maps 32 KiB at a time.
TEST_P(ShmFile, TruncatedToAPageIsTruncated) {
  ::testing::internal::CaptureStderr();
  Watch watch(path_, GetParam());
  ASSERT_TRUE(watch.ok()) << watch.error();
  ASSERT_EQ(truncate((path_ + "-shm").c_str(), 4096), 0);
  WaitForLooks(ThreadName(), 3);
  watch.Close();
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("-shm was truncated"));
}

INSTANTIATE_TEST_SUITE_P(Backends, ShmFile, ::testing::Values("shm", "verified", "polling"));

}  // namespace
}  // namespace honker
