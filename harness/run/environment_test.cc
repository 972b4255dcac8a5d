#include "harness/run/environment.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace harness {
namespace {

namespace fs = std::filesystem;

// Two runs whose compilers are at work at the same moment: each waits until the other has begun.
TEST(Environment, RunsThatCompileAtOnceDoNotWriteIntoOneFile) {
  std::string folder = testing::TempDir() + "/amalgamation-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  std::ofstream(folder + "/sqlite3.c") << "int nothing;\n";
  std::ofstream(folder + "/cc") << "#!/bin/sh\n"
                                   "while [ \"$1\" != -o ]; do shift; done\n"
                                   "echo \"$2\" > " +
                                       folder +
                                       "/output.$$\n"
                                       "while [ $(ls " +
                                       folder +
                                       "/output.* | wc -l) -lt 2 ]; do "
                                       "sleep 0.01; done\n"
                                       "echo compiled > \"$2\"\n";
  fs::permissions(folder + "/cc", fs::perms::owner_all);
  std::vector<pid_t> runs;
  for (int i = 0; i < 2; ++i) {
    runs.push_back(fork());
    if (runs.back() != 0) continue;
    setenv("CC", (folder + "/cc").c_str(), 1);
    // What the actor says is not looked at: it is asked after the compiling.
    (void)ProbeSqlite("/bin/false", folder + "/sqlite3.c", folder + "/cache").ok();
    _exit(0);
  }
  for (pid_t run : runs) waitpid(run, nullptr, 0);
  std::vector<std::string> outputs;
  std::vector<std::string> cached;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (!entry.path().filename().string().starts_with("output.")) continue;
    std::string line;
    std::ifstream in(entry.path());
    std::getline(in, line);
    outputs.push_back(line);
  }
  ASSERT_EQ(outputs.size(), 2U);
  EXPECT_NE(outputs[0], outputs[1]);
  for (const auto& entry : fs::recursive_directory_iterator(folder + "/cache")) {
    if (entry.is_regular_file()) cached.push_back(entry.path().filename().string());
  }
  EXPECT_EQ(cached, std::vector<std::string>{"libsqlite3.so.0"}) << "and nothing is left beside it";
  fs::remove_all(folder);
}

}  // namespace
}  // namespace harness
