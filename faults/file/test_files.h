// A scratch directory with small files, for the tests of the file faults.

#ifndef HONKER_FAULTS_FILE_TEST_FILES_H_
#define HONKER_FAULTS_FILE_TEST_FILES_H_

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "faults/file/identity.h"

namespace faults::testing {

// Fresh for every test, removed afterwards. In the working directory, which ctest puts into the
// build folder: /tmp may be a tmpfs, where inode numbers behave differently.
class ScratchTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = std::filesystem::absolute("faults-test-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    scratch_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(scratch_); }

  [[nodiscard]] std::string In(const std::string& name) const { return scratch_ + "/" + name; }

  [[nodiscard]] std::string Make(const std::string& name, const std::string& content) const {
    std::ofstream(In(name), std::ios::binary) << content;
    return In(name);
  }

  static std::string ContentOf(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }

  static FileIdentity Identity(const std::string& path) {
    const auto identity = IdentityOf(path);
    EXPECT_TRUE(identity.ok()) << identity.Message();
    return identity.ok() ? identity.value() : FileIdentity{};
  }

  // Everything in the scratch directory, so that a test sees what a fault left behind.
  [[nodiscard]] size_t FileCount() const {
    size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(scratch_)) {
      count += entry.is_regular_file();
    }
    return count;
  }

  std::string scratch_;
};

}  // namespace faults::testing

#endif  // HONKER_FAULTS_FILE_TEST_FILES_H_
