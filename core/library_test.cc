// The library as a file, in a process that has no SQLite: what it needs, exports and contains.
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "core/include/honker/watcher.h"

namespace honker {
namespace {

using ::testing::HasSubstr;

std::string Bytes(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Library, NeedsNoSqliteOfItsOwnAndRefusesUntilItIsLoadedIntoOne) {
  ASSERT_EQ(dlsym(RTLD_DEFAULT, "sqlite3_libversion"), nullptr) << "this test must not link SQLite";
  void* library = dlopen(HONKER_EXT_PATH, RTLD_NOW);
  ASSERT_NE(library, nullptr) << dlerror();
  const auto open =
      reinterpret_cast<decltype(&honker_watcher_open)>(dlsym(library, "honker_watcher_open"));
  const auto wait =
      reinterpret_cast<decltype(&honker_watcher_wait)>(dlsym(library, "honker_watcher_wait"));
  const auto close =
      reinterpret_cast<decltype(&honker_watcher_close)>(dlsym(library, "honker_watcher_close"));
  ASSERT_TRUE(open != nullptr && wait != nullptr && close != nullptr);
  char error[300] = "";
  EXPECT_EQ(open("/etc/hostname", "kernel", error, sizeof error), nullptr);
  EXPECT_THAT(error, HasSubstr("load it into any SQLite connection"));
  EXPECT_EQ(wait(nullptr, 60'000), -1);
  close(nullptr);
}

TEST(Library, ExportsTheEntryPointsAndTheAbiOnly) {
  void* library = dlopen(HONKER_EXT_PATH, RTLD_NOW);
  ASSERT_NE(library, nullptr) << dlerror();
  for (const char* name :
       {"sqlite3_honkerext_init", "sqlite3_extension_init", "honker_watcher_open",
        "honker_watcher_open_v2", "honker_watcher_wait", "honker_watcher_close"}) {
    EXPECT_NE(dlsym(library, name), nullptr) << name;
  }
  EXPECT_EQ(dlsym(library, "sqlite3_api"), nullptr);
}

constexpr const char* kMutants[] = {
#define PLANTED_BUG(name, what) #name,
#include "core/mutants.def"
#undef PLANTED_BUG
};

constexpr const char* kSites[] = {
#define SITE(name, takes, what) name,
#include "core/sites.def"
#undef SITE
};

TEST(Library, NamedPointsAreInTheMutantOnly) {
  const std::string real = Bytes(HONKER_EXT_PATH);
  const std::string mutant = Bytes(HONKER_EXT_MUTANT_PATH);
  ASSERT_GT(real.size(), 10'000U);
  EXPECT_NE(mutant.find("libfiu"), std::string::npos);
  for (const char* none : {"libfiu", "fiu_", "honker_sites"}) {
    EXPECT_EQ(real.find(none), std::string::npos) << none;
  }
  for (const char* name : kSites) {
    EXPECT_NE(mutant.find(name), std::string::npos) << name;
    EXPECT_EQ(real.find(name), std::string::npos) << name;
  }
}

TEST(Library, PlantedBugsAreInTheMutantOnly) {
  const std::string real = Bytes(HONKER_EXT_PATH);
  const std::string mutant = Bytes(HONKER_EXT_MUTANT_PATH);
  ASSERT_GT(real.size(), 10'000U);
  EXPECT_EQ(real.find("mutant/"), std::string::npos);
  EXPECT_EQ(real.find("fiu_fail"), std::string::npos);
  for (const char* name : kMutants) {
    EXPECT_NE(mutant.find(std::string("mutant/") + name), std::string::npos) << name;
    EXPECT_EQ(real.find(name), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace honker
