// Each kind of swap: it fires (the identities or the bytes prove it), and it is silent when off,
// which for a file fault means that a refused call leaves everything as it was.

#include <fcntl.h>
#include <unistd.h>

#include "faults/file/copy_over.h"
#include "faults/file/litestream_restore.h"
#include "faults/file/rename_directory.h"
#include "faults/file/rename_over.h"
#include "faults/file/test_files.h"
#include "faults/file/unlink_recreate.h"

namespace faults {
namespace {

class SwapTest : public testing::ScratchTest {
 protected:
  void SetUp() override {
    ScratchTest::SetUp();
    database_ = Make("app.db", "old");
    replacement_ = Make("new.db", "new content");
    wal_ = Make("app.db-wal", "old wal");
    shm_ = Make("app.db-shm", "old shm");
  }

  void ExpectUntouched(const FileIdentity& before) {
    EXPECT_TRUE(Identity(database_).SameFile(before));
    EXPECT_EQ(ContentOf(database_), "old");
    EXPECT_EQ(ContentOf(wal_), "old wal");
    EXPECT_EQ(ContentOf(shm_), "old shm");
  }

  std::string database_, replacement_, wal_, shm_;
};

TEST_F(SwapTest, RenameOverGivesTheNameToTheReplacement) {
  const FileIdentity prepared = Identity(replacement_);
  const auto outcome = RenameOver({.database = database_, .replacement = replacement_});
  ASSERT_TRUE(outcome.ok()) << outcome.Message();
  EXPECT_TRUE(outcome.value().Replaced());
  EXPECT_TRUE(outcome.value().after.SameFile(prepared));
  EXPECT_FALSE(outcome.value().inode_reused);
  EXPECT_EQ(ContentOf(database_), "new content");
  EXPECT_FALSE(Identity(replacement_).exists);
  EXPECT_FALSE(Identity(wal_).exists) << "the default plan removes sidecars";
  EXPECT_FALSE(Identity(shm_).exists);
  EXPECT_EQ(FileCount(), 1u);
}

TEST_F(SwapTest, RenameOverKeepsOrCopiesSidecarsAsPlanned) {
  const FileIdentity wal = Identity(wal_);
  const FileIdentity shm = Identity(shm_);
  SidecarPlan plan;
  plan.Set(Sidecar::kWal, SidecarFate::kKeep);
  plan.Set(Sidecar::kShm, SidecarFate::kStaleCopy);
  const auto outcome =
      RenameOver({.database = database_, .replacement = replacement_, .sidecars = plan});
  ASSERT_TRUE(outcome.ok()) << outcome.Message();
  EXPECT_TRUE(Identity(wal_).SameFile(wal));
  EXPECT_TRUE(Identity(shm_).exists);
  EXPECT_FALSE(Identity(shm_).SameFile(shm)) << "a stale copy is another inode";
  EXPECT_EQ(ContentOf(shm_), "old shm");
}

TEST_F(SwapTest, RenameOverWithoutAReplacementDoesNothing) {
  const FileIdentity before = Identity(database_);
  const auto outcome = RenameOver({.database = database_, .replacement = In("none.db")});
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.Message(),
            "rename_over: " + In("none.db") + ": No such file or directory (ENOENT)");
  ExpectUntouched(before);
}

TEST_F(SwapTest, UnlinkRecreateMakesANewFile) {
  // Held open, as a watched database is: its inode number is not free and cannot be given out
  // again.
  const int held = open(database_.c_str(), O_RDONLY | O_CLOEXEC);
  const auto outcome = UnlinkRecreate({.database = database_, .replacement = replacement_});
  close(held);
  ASSERT_TRUE(outcome.ok()) << outcome.Message();
  EXPECT_TRUE(outcome.value().Replaced());
  EXPECT_EQ(ContentOf(database_), "new content");
  EXPECT_EQ(ContentOf(replacement_), "new content") << "it is copied, not moved";
  EXPECT_FALSE(Identity(wal_).exists);
}

TEST_F(SwapTest, UnlinkRecreateWithoutReplacementIsAnEmptyFile) {
  const auto outcome = UnlinkRecreate({.database = database_, .sidecars = SidecarPlan::KeepAll()});
  ASSERT_TRUE(outcome.ok()) << outcome.Message();
  EXPECT_EQ(outcome.value().after.size, 0);
  EXPECT_EQ(ContentOf(wal_), "old wal");
}

TEST_F(SwapTest, UnlinkRecreateSaysWhetherTheInodeWasReused) {
  const auto outcome =
      UnlinkRecreate({.database = database_, .replacement = replacement_, .reuse_inode = true});
  ASSERT_TRUE(outcome.ok()) << outcome.Message();
  EXPECT_EQ(outcome.value().inode_reused, outcome.value().before.SameFile(outcome.value().after));
  EXPECT_EQ(ContentOf(database_), "new content");
  EXPECT_EQ(FileCount(), 2u) << "no scratch file stays behind";
  RecordProperty("inode_reused", outcome.value().inode_reused ? "yes" : "no");
}

TEST_F(SwapTest, UnlinkRecreateCannotReuseTheInodeOfAFileThatIsHeldOpen) {
  const int held = open(database_.c_str(), O_RDONLY | O_CLOEXEC);
  const auto outcome = UnlinkRecreate({.database = database_,
                                       .replacement = replacement_,
                                       .reuse_inode = true,
                                       .reuse_attempts = 20});
  close(held);
  ASSERT_TRUE(outcome.ok()) << outcome.Message();
  EXPECT_FALSE(outcome.value().inode_reused);
  EXPECT_TRUE(outcome.value().Replaced());
  EXPECT_EQ(FileCount(), 2u);
}

TEST_F(SwapTest, UnlinkRecreateOfNothingIsAnError) {
  const auto outcome = UnlinkRecreate({.database = In("none.db"), .replacement = replacement_});
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().error, ENOENT);
  EXPECT_FALSE(Identity(In("none.db")).exists);
}

TEST_F(SwapTest, UnlinkRecreateWithAMissingReplacementLeavesTheDatabase) {
  const FileIdentity before = Identity(database_);
  EXPECT_FALSE(UnlinkRecreate({.database = database_, .replacement = In("none.db")}).ok());
  ExpectUntouched(before);
}

TEST_F(SwapTest, CopyOverKeepsTheIdentity) {
  const auto outcome = CopyOver({.database = database_, .content = replacement_});
  ASSERT_TRUE(outcome.ok()) << outcome.Message();
  EXPECT_FALSE(outcome.value().Replaced());
  EXPECT_EQ(ContentOf(database_), "new content");
  EXPECT_EQ(ContentOf(wal_), "old wal") << "cp leaves sidecars alone";
}

TEST_F(SwapTest, CopyOverCutsALongerFile) {
  const std::string longer = Make("longer.db", std::string(200000, 'x'));
  const auto outcome = CopyOver({.database = longer, .content = database_});
  ASSERT_TRUE(outcome.ok()) << outcome.Message();
  EXPECT_EQ(outcome.value().before.size, 200000);
  EXPECT_EQ(ContentOf(longer), "old");
}

TEST_F(SwapTest, CopyOverOfNothingDoesNothing) {
  const FileIdentity before = Identity(database_);
  EXPECT_FALSE(CopyOver({.database = database_, .content = In("none.db")}).ok());
  ExpectUntouched(before);
}

// Held open, as in the tests above: else the new file may get the inode number of the old one.
TEST_F(SwapTest, LitestreamRestoreReplacesAndRemovesTheSidecars) {
  const int held = open(database_.c_str(), O_RDONLY | O_CLOEXEC);
  const auto outcome = LitestreamRestore(database_, replacement_);
  close(held);
  ASSERT_TRUE(outcome.ok()) << outcome.Message();
  EXPECT_TRUE(outcome.value().Replaced());
  EXPECT_EQ(ContentOf(database_), "new content");
  EXPECT_FALSE(Identity(wal_).exists);
  EXPECT_FALSE(Identity(shm_).exists);
  EXPECT_EQ(FileCount(), 2u) << "NAME.tmp is gone";
}

TEST_F(SwapTest, LitestreamRestoreKeepsWhatThePlanKeeps) {
  const FileIdentity wal = Identity(wal_);
  const auto outcome = LitestreamRestore(database_, replacement_, SidecarPlan::KeepAll());
  ASSERT_TRUE(outcome.ok()) << outcome.Message();
  EXPECT_EQ(outcome.value().inode_reused, outcome.value().before.SameFile(outcome.value().after));
  EXPECT_EQ(ContentOf(database_), "new content");
  EXPECT_TRUE(Identity(wal_).SameFile(wal));
}

TEST_F(SwapTest, LitestreamRestoreOfNothingLeavesTheDatabase) {
  const FileIdentity before = Identity(database_);
  EXPECT_EQ(LitestreamRestore(database_, In("none.db")).error().error, ENOENT);
  ExpectUntouched(before);
}

TEST_F(SwapTest, LitestreamRestoreRefusesALeftOverTmp) {
  const FileIdentity before = Identity(database_);
  (void)Make("app.db.tmp", "somebody else's");
  const auto outcome = LitestreamRestore(database_, replacement_);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().error, EEXIST);
  ExpectUntouched(before);
}

class RenameDirectoryTest : public testing::ScratchTest {
 protected:
  void SetUp() override {
    ScratchTest::SetUp();
    std::filesystem::create_directory(In("live"));
    std::filesystem::create_directory(In("next"));
    database_ = Make("live/app.db", "old");
    next_ = Make("next/app.db", "new");
  }
  std::string database_, next_;
};

TEST_F(RenameDirectoryTest, AnotherDirectoryTakesTheName) {
  const FileIdentity prepared = Identity(next_);
  for (const bool atomic : {false, true}) {
    SCOPED_TRACE(atomic);
    const auto outcome = RenameDirectory({.database = database_,
                                          .replacement = In("next"),
                                          .parked = In("parked"),
                                          .atomic = atomic});
    ASSERT_TRUE(outcome.ok()) << outcome.Message();
    EXPECT_TRUE(outcome.value().Replaced());
    EXPECT_TRUE(outcome.value().after.SameFile(prepared));
    EXPECT_EQ(ContentOf(In("parked/app.db")), "old");
    // Back to the start for the second round.
    std::filesystem::rename(In("live"), In("next"));
    std::filesystem::rename(In("parked"), In("live"));
  }
}

TEST_F(RenameDirectoryTest, WithoutReplacementTheNameIsGone) {
  const auto outcome =
      RenameDirectory({.database = database_, .replacement = "", .parked = In("parked")});
  ASSERT_TRUE(outcome.ok()) << outcome.Message();
  EXPECT_FALSE(outcome.value().after.exists);
  EXPECT_EQ(ContentOf(In("parked/app.db")), "old");
}

TEST_F(RenameDirectoryTest, RefusedCallsChangeNothing) {
  EXPECT_FALSE(
      RenameDirectory({.database = database_, .replacement = "", .parked = In("next")}).ok());
  EXPECT_FALSE(
      RenameDirectory(
          {.database = database_, .replacement = "", .parked = In("parked"), .atomic = true})
          .ok());
  EXPECT_FALSE(
      RenameDirectory({.database = "app.db", .replacement = "", .parked = In("parked")}).ok());
  EXPECT_EQ(ContentOf(database_), "old");
}

}  // namespace
}  // namespace faults
