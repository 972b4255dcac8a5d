// The faults that concern one file: sidecars, truncate, touch, remove, move away. It fires; and it
// is silent when off: a refused call changes nothing.

#include <fcntl.h>
#include <sys/stat.h>

#include "faults/file/poke.h"
#include "faults/file/remove.h"
#include "faults/file/sidecars.h"
#include "faults/file/test_files.h"
#include "faults/file/touch.h"
#include "faults/file/truncate.h"

namespace faults {
namespace {

class SingleFileTest : public testing::ScratchTest {
 protected:
  void SetUp() override {
    ScratchTest::SetUp();
    database_ = Make("app.db", "0123456789");
    shm_ = Make("app.db-shm", "old shm");
  }
  std::string database_, shm_;
};

TEST_F(SingleFileTest, RemoveSidecarTakesThatOneOnly) {
  const auto outcome = RemoveSidecar(database_, Sidecar::kShm);
  ASSERT_TRUE(outcome.ok()) << outcome.Message();
  EXPECT_TRUE(outcome.value().Replaced());
  EXPECT_FALSE(Identity(shm_).exists);
  EXPECT_EQ(ContentOf(database_), "0123456789");
}

TEST_F(SingleFileTest, ReplaceSidecarGivesAnotherInode) {
  const auto same_bytes = ReplaceSidecar(database_, Sidecar::kShm);
  ASSERT_TRUE(same_bytes.ok()) << same_bytes.Message();
  EXPECT_TRUE(same_bytes.value().Replaced());
  EXPECT_EQ(ContentOf(shm_), "old shm");

  const auto other_bytes = ReplaceSidecar(database_, Sidecar::kShm, Make("other", "other shm"));
  ASSERT_TRUE(other_bytes.ok()) << other_bytes.Message();
  EXPECT_EQ(ContentOf(shm_), "other shm");
}

TEST_F(SingleFileTest, AMissingSidecarIsAnError) {
  EXPECT_EQ(RemoveSidecar(database_, Sidecar::kWal).error().error, ENOENT);
  EXPECT_EQ(ReplaceSidecar(database_, Sidecar::kJournal).error().error, ENOENT);
  EXPECT_EQ(FileCount(), 2u);
}

TEST_F(SingleFileTest, TruncateCutsAndGrowsUnderTheSameIdentity) {
  const auto cut = Truncate(database_, 4);
  ASSERT_TRUE(cut.ok()) << cut.Message();
  EXPECT_FALSE(cut.value().Replaced());
  EXPECT_EQ(cut.value().before.size, 10);
  EXPECT_EQ(cut.value().after.size, 4);
  EXPECT_EQ(ContentOf(database_), "0123");
  EXPECT_EQ(Truncate(database_, 6).value().after.size, 6);
}

TEST_F(SingleFileTest, TruncateNeverCreates) {
  EXPECT_EQ(Truncate(In("none"), 4).error().error, ENOENT);
  EXPECT_EQ(Truncate(database_, -1).error().error, EINVAL);
  EXPECT_EQ(FileCount(), 2u);
  EXPECT_EQ(ContentOf(database_), "0123456789");
}

TEST_F(SingleFileTest, TouchChangesTheTimesAndNothingElse) {
  const timespec long_ago[2] = {{1, 0}, {1, 0}};
  ASSERT_EQ(utimensat(AT_FDCWD, database_.c_str(), long_ago, 0), 0);
  const auto outcome = Touch(database_);
  ASSERT_TRUE(outcome.ok()) << outcome.Message();
  EXPECT_TRUE(outcome.value().before.SameFile(outcome.value().after));
  struct stat st {};
  ASSERT_EQ(stat(database_.c_str(), &st), 0);
  EXPECT_GT(st.st_mtim.tv_sec, 1);
  EXPECT_EQ(ContentOf(database_), "0123456789");
}

TEST_F(SingleFileTest, PokeOverwritesInsideTheSameFile) {
  const auto outcome = Poke(database_, 3, BytesOfHex("41fF"));
  ASSERT_TRUE(outcome.ok()) << outcome.Message();
  EXPECT_FALSE(outcome.value().Replaced());
  EXPECT_EQ(outcome.value().after.size, 10);
  EXPECT_EQ(ContentOf(database_),
            "012A\xff"
            "56789");
}

TEST_F(SingleFileTest, PokeNeverCreatesOrGrows) {
  EXPECT_EQ(Poke(In("none"), 0, "x").error().error, ENOENT);
  EXPECT_EQ(Poke(database_, 9, "xy").error().error, ERANGE);
  EXPECT_EQ(Poke(database_, -1, "x").error().error, ERANGE);
  EXPECT_EQ(Poke(database_, INT64_MAX, "xy").error().error, ERANGE);
  EXPECT_EQ(ContentOf(database_), "0123456789");
  EXPECT_FALSE(Identity(In("none")).exists);
}

TEST_F(SingleFileTest, TouchNeverCreates) {
  EXPECT_EQ(Touch(In("none")).error().error, ENOENT);
  EXPECT_FALSE(Identity(In("none")).exists);
}

TEST_F(SingleFileTest, RemoveTakesTheDatabaseForGood) {
  const auto outcome = Remove(database_, SidecarPlan::KeepAll());
  ASSERT_TRUE(outcome.ok()) << outcome.Message();
  EXPECT_TRUE(outcome.value().Replaced());
  EXPECT_FALSE(outcome.value().after.exists);
  EXPECT_EQ(ContentOf(shm_), "old shm");
  EXPECT_EQ(Remove(database_, SidecarPlan::RemoveAll()).error().error, ENOENT);
  EXPECT_EQ(ContentOf(shm_), "old shm") << "a refused removal leaves the sidecars";
}

TEST_F(SingleFileTest, MovedAwayAndBackIsTheSameFileAgain) {
  const FileIdentity before = Identity(database_);
  const auto away = MoveAway(database_, In("parked.db"));
  ASSERT_TRUE(away.ok()) << away.Message();
  EXPECT_FALSE(away.value().after.exists);
  const auto back = MoveBack(database_, In("parked.db"));
  ASSERT_TRUE(back.ok()) << back.Message();
  EXPECT_TRUE(back.value().after.SameFile(before));
}

TEST_F(SingleFileTest, MoveAwayNeverOverwrites) {
  EXPECT_EQ(MoveAway(database_, shm_).error().error, EEXIST);
  EXPECT_EQ(ContentOf(shm_), "old shm");
  EXPECT_EQ(ContentOf(database_), "0123456789");
}

TEST_F(SingleFileTest, IdentityTextAndMissingFiles) {
  const FileIdentity here = Identity(database_);
  EXPECT_EQ(here.Text(),
            "(dev=" + std::to_string(here.dev) + ", ino=" + std::to_string(here.ino) + ")");
  const FileIdentity nowhere = Identity(In("none"));
  EXPECT_EQ(nowhere.Text(), "(absent)");
  EXPECT_FALSE(nowhere.SameFile(nowhere)) << "two names of nothing are not the same file";
}

}  // namespace
}  // namespace faults
