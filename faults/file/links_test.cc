// Links fire, and a refused call changes nothing.

#include "faults/file/links.h"

#include <cerrno>

#include "faults/file/test_files.h"

namespace faults {
namespace {

class LinksTest : public testing::ScratchTest {
 protected:
  void SetUp() override {
    ScratchTest::SetUp();
    database_ = Make("app.db", "old");
    replacement_ = Make("new.db", "new");
    wal_ = Make("app.db-wal", "old wal");
  }
  std::string database_, replacement_, wal_;
};

TEST_F(LinksTest, AnotherNameIsTheSameFile) {
  const auto hard = AddLink(database_, In("hard.db"), LinkKind::kHard);
  ASSERT_TRUE(hard.ok()) << hard.Message();
  EXPECT_FALSE(hard.value().Replaced());
  EXPECT_EQ(hard.value().before.links, 1u);
  EXPECT_EQ(hard.value().after.links, 2u);
  EXPECT_TRUE(Identity(In("hard.db")).SameFile(Identity(database_)));

  const auto symbolic = AddLink(database_, In("symbolic.db"), LinkKind::kSymbolic);
  ASSERT_TRUE(symbolic.ok()) << symbolic.Message();
  EXPECT_TRUE(std::filesystem::is_symlink(In("symbolic.db")));
  EXPECT_TRUE(Identity(In("symbolic.db")).SameFile(Identity(database_)));
  EXPECT_EQ(Identity(database_).links, 2u) << "a symbolic link is no name of the inode";
}

TEST_F(LinksTest, ANameThatIsTakenIsRefused) {
  for (const LinkKind kind : {LinkKind::kHard, LinkKind::kSymbolic}) {
    EXPECT_EQ(AddLink(database_, replacement_, kind).error().error, EEXIST);
    EXPECT_EQ(AddLink(In("none.db"), In("other.db"), kind).error().error, ENOENT);
  }
  EXPECT_EQ(ContentOf(replacement_), "new");
  EXPECT_EQ(FileCount(), 3u);
}

TEST_F(LinksTest, TheNameBecomesALink) {
  for (const LinkKind kind : {LinkKind::kHard, LinkKind::kSymbolic}) {
    const std::string database = Make(kind == LinkKind::kHard ? "first.db" : "second.db", "old");
    const auto outcome =
        LinkOver({.database = database, .replacement = replacement_, .kind = kind});
    ASSERT_TRUE(outcome.ok()) << outcome.Message();
    EXPECT_TRUE(outcome.value().Replaced());
    EXPECT_TRUE(outcome.value().after.SameFile(Identity(replacement_)));
    EXPECT_EQ(std::filesystem::is_symlink(database), kind == LinkKind::kSymbolic);
    EXPECT_EQ(ContentOf(database), "new");
  }
}

TEST_F(LinksTest, SidecarsGoAsPlanned) {
  ASSERT_TRUE(
      LinkOver(
          {.database = database_, .replacement = replacement_, .sidecars = SidecarPlan::KeepAll()})
          .ok());
  EXPECT_EQ(ContentOf(wal_), "old wal");
  ASSERT_TRUE(LinkOver({.database = database_, .replacement = Make("newer.db", "newer")}).ok());
  EXPECT_FALSE(Identity(wal_).exists);
}

TEST_F(LinksTest, ALinkToItselfLeavesNoScratchName) {
  ASSERT_TRUE(
      LinkOver(
          {.database = database_, .replacement = replacement_, .sidecars = SidecarPlan::KeepAll()})
          .ok());
  const auto again = LinkOver(
      {.database = database_, .replacement = replacement_, .sidecars = SidecarPlan::KeepAll()});
  ASSERT_TRUE(again.ok()) << again.Message();
  EXPECT_FALSE(again.value().Replaced());
  EXPECT_EQ(FileCount(), 3u);
}

TEST_F(LinksTest, AMissingReplacementChangesNothing) {
  const FileIdentity before = Identity(database_);
  EXPECT_EQ(LinkOver({.database = database_, .replacement = In("none.db")}).error().error, ENOENT);
  EXPECT_TRUE(Identity(database_).SameFile(before));
  EXPECT_EQ(ContentOf(wal_), "old wal");
}

}  // namespace
}  // namespace faults
