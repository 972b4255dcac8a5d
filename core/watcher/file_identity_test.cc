#include "core/watcher/file_identity.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "core/testing/scratch.h"

namespace honker {
namespace {

using testing::Scratch;

TEST(FileIdentity, IsThatOfTheFileNotOfTheName) {
  const Scratch scratch;
  std::ofstream(scratch.Path("a")) << "x";
  std::ofstream(scratch.Path("b")) << "y";
  std::filesystem::create_hard_link(scratch.Path("a"), scratch.Path("c"));
  const FileSight a = See(scratch.Path("a"));
  ASSERT_EQ(a.kind, FileSight::kFound);
  EXPECT_TRUE(a.regular);
  EXPECT_EQ(a.size, 1);
  EXPECT_EQ(See(scratch.Path("c")).identity, a.identity);
  EXPECT_FALSE(See(scratch.Path("b")).identity == a.identity);
  std::filesystem::rename(scratch.Path("b"), scratch.Path("a"));
  EXPECT_FALSE(See(scratch.Path("a")).identity == a.identity);
  EXPECT_EQ(a.identity.Text(),
            "dev=" + std::to_string(a.identity.dev) + ", ino=" + std::to_string(a.identity.ino));
}

TEST(FileIdentity, GoneIsNotUnreadable) {
  const Scratch scratch;
  std::ofstream(scratch.Path("file")) << "x";
  EXPECT_EQ(See(scratch.Path("none")).kind, FileSight::kGone);
  EXPECT_EQ(See(scratch.Path("file/below")).kind, FileSight::kGone);
  EXPECT_EQ(See(scratch.Path(std::string(400, 'x'))).kind, FileSight::kUnreadable);
}

TEST(FileIdentity, NamesAreResolvedToTheFileItself) {
  const Scratch scratch;
  std::filesystem::create_directory(scratch.Path("dir"));
  std::ofstream(scratch.Path("dir/ä b.db")) << "x";
  std::filesystem::create_symlink("dir", scratch.Path("link"));
  std::filesystem::create_symlink("link/ä b.db", scratch.Path("link.db"));
  const std::string expected = scratch.Path("dir/ä b.db");
  for (const char* name : {"dir/ä b.db", "link/ä b.db", "link.db", "dir/../link.db", "./link.db"}) {
    const Result<std::string> resolved = ResolveDatabase(scratch.Path(name).c_str());
    ASSERT_TRUE(resolved.ok()) << resolved.error().message;
    EXPECT_EQ(resolved.value(), expected);
  }
}

}  // namespace
}  // namespace honker
