// Handles, threads and subscribers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/testing/scratch.h"
#include "core/testing/watching.h"

namespace honker {
namespace {

using testing::Abi;
using testing::Database;
using testing::Scratch;
using testing::ThreadsNamed;
using testing::WaitForLooks;
using testing::Watch;

constexpr const char* kBackends[] = {"polling", "kernel", "shm", "verified"};

int AllThreads() {
  return ThreadsNamed("honker-poll") + ThreadsNamed("honker-kernel") + ThreadsNamed("honker-shm") +
         ThreadsNamed("honker-verified");
}

class Sharing : public ::testing::Test {
 protected:
  Sharing() { writer_.Run("PRAGMA journal_mode = WAL; CREATE TABLE t(a)"); }
  void Commit() { writer_.Run("INSERT INTO t VALUES (1)"); }

  Scratch scratch_;
  std::string path_ = scratch_.Path("a.db");
  Database writer_{path_, Database::kPlain};
};

TEST_F(Sharing, OneThreadForAnyNumberOfSubscribers) {
  std::vector<std::unique_ptr<Watch>> watches;
  for (int i = 0; i < 100; ++i) watches.push_back(std::make_unique<Watch>(path_, "polling"));
  Watch kernel(path_, "kernel");
  Watch shm(path_, "shm");
  Watch verified(path_, "verified");
  EXPECT_EQ(ThreadsNamed("honker-poll"), 1);
  EXPECT_EQ(ThreadsNamed("honker-kernel"), 1);
  EXPECT_EQ(ThreadsNamed("honker-shm"), 1);
  EXPECT_EQ(ThreadsNamed("honker-verified"), 1);
  Commit();
  for (const auto& watch : watches) EXPECT_EQ(watch->Wait(), 1);
  EXPECT_EQ(kernel.Wait(), 1);
  EXPECT_EQ(shm.Wait(), 1);
  EXPECT_EQ(verified.Wait(), 1);
  watches.clear();
  kernel.Close();
  shm.Close();
  verified.Close();
  EXPECT_EQ(AllThreads(), 0);
}

TEST_F(Sharing, SubscribersComeAndGoAndAreIndependent) {
  Watch never_reads(path_, "polling");
  for (int i = 0; i < 20; ++i) {
    Watch brief(path_, "polling");
    Commit();
    EXPECT_EQ(brief.Wait(), 1);
  }
  EXPECT_EQ(never_reads.Wait(), 1) << "room for one wake";
  EXPECT_EQ(never_reads.Look(), 0);
}

TEST_F(Sharing, NamesOfOneFileShareAThreadAndOutliveChdir) {
  const std::filesystem::path home = std::filesystem::current_path();
  std::filesystem::create_symlink(path_, scratch_.Path("link.db"));
  std::filesystem::create_directory(scratch_.Path("elsewhere"));
  std::filesystem::current_path(scratch_.Path("elsewhere"));
  Watch relative("../a.db", "polling");
  Watch link("../link.db", "polling");
  std::filesystem::current_path(home);
  ASSERT_TRUE(relative.ok() && link.ok()) << relative.error() << link.error();
  EXPECT_EQ(ThreadsNamed("honker-poll"), 1);
  Commit();
  EXPECT_EQ(relative.Wait(), 1);
  EXPECT_EQ(link.Wait(), 1);
}

TEST_F(Sharing, TheShortestIntervalWins) {
  Watch rare(path_, "polling", 60ULL * 60 * 1000);
  Commit();
  EXPECT_EQ(rare.Look(), 0);
  {
    Watch often(path_, "polling", 1);
    EXPECT_EQ(rare.Wait(), 1);
  }
  Watch greatest(path_, "polling", UINT64_MAX);
  EXPECT_TRUE(greatest.ok());
}

TEST_F(Sharing, ClosingEndsAWaitOfAnotherThread) {
  Watch watch(path_, "polling");
  int result = 0;
  std::thread waiter([&result, handle = watch.get()] { result = Abi().wait(handle, UINT64_MAX); });
  watch.Close();
  waiter.join();
  EXPECT_EQ(result, -1);
}

TEST_F(Sharing, HandlesThatAreNotOpenAreAnswered) {
  Watch watch(path_, "polling");
  HonkerWatcherHandle* handle = watch.get();
  watch.Close();
  EXPECT_EQ(Abi().wait(handle, 60'000), -1);
  Abi().close(handle);
  Abi().close(nullptr);
  EXPECT_EQ(Abi().wait(nullptr, 60'000), -1);
  Watch next(path_, "polling");
  EXPECT_NE(next.get(), handle) << "numbers are not used again";
}

TEST_F(Sharing, ThreadsBlockAllSignals) {
  Watch watch(path_, "polling");
  WaitForLooks("honker-poll", 1);
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream comm(task.path() / "comm");
    std::string name;
    std::getline(comm, name);
    if (name != "honker-poll") continue;
    std::ifstream status(task.path() / "status");
    std::string mask;
    for (std::string word; status >> word;) {
      if (word == "SigBlk:") status >> mask;
    }
    const uint64_t blocked = std::stoull(mask, nullptr, 16);
    for (const int signal :
         {SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGPIPE, SIGALRM, SIGTERM, SIGCHLD, SIGIO}) {
      EXPECT_NE(blocked & (1ULL << (signal - 1)), 0U) << signal;
    }
  }
}

// A file that many open and close at once: baseline, registry and thread under contention.
TEST_F(Sharing, ManyThreadsOpenAndClose) {
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([this, t] {
      const char* backend = kBackends[t % 4];
      for (int i = 0; i < 25; ++i) {
        Watch watch(path_, backend);
        EXPECT_TRUE(watch.ok()) << watch.error();
        EXPECT_GE(watch.Look(), 0);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(AllThreads(), 0);
}

}  // namespace
}  // namespace honker
