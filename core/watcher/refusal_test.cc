// What cannot be watched is refused at open, with the reason; a handle that open returned is alive.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <thread>
#include <utility>

#include "core/testing/scratch.h"
#include "core/testing/watching.h"

namespace honker {
namespace {

using testing::Abi;
using testing::Database;
using ::testing::HasSubstr;
using testing::Scratch;
using testing::WaitForLooks;
using testing::Watch;

class Refusal : public ::testing::Test {
 protected:
  Refusal() { writer_.Run("CREATE TABLE t(a)"); }
  std::string Problem(const std::string& path, const char* backend, uint64_t interval_ms = 1) {
    Watch watch(path, backend, interval_ms);
    EXPECT_FALSE(watch.ok());
    return watch.error();
  }

  Scratch scratch_;
  std::string path_ = scratch_.Path("a.db");
  Database writer_{path_, Database::kPlain};
};

TEST_F(Refusal, EveryNameOfTheListIsKnown) {
  writer_.Run("PRAGMA journal_mode = WAL; INSERT INTO t VALUES (1)");
  for (const char* name : {static_cast<const char*>(nullptr), "", "polling", "poll", "kernel",
                           "kernel-watcher", "shm", "shm-fast-path", "verified"}) {
    Watch watch(path_, name);
    EXPECT_TRUE(watch.ok()) << watch.error();
  }
}

TEST_F(Refusal, OtherNamesGetTheList) {
  for (const char* name : {"Polling", " polling", "verify", "inotify"}) {
    EXPECT_EQ(Problem(path_, name), std::string("unknown watcher backend \"") + name +
                                        "\" (valid: polling, poll, kernel, kernel-watcher, shm, "
                                        "shm-fast-path, verified)");
  }
}

TEST_F(Refusal, WhatIsNoDatabaseFile) {
  for (const char* backend : {"polling", "kernel", "shm", "verified"}) {
    EXPECT_THAT(Problem(scratch_.Path("none.db"), backend), HasSubstr("it does not exist"));
    EXPECT_FALSE(std::filesystem::exists(scratch_.Path("none.db")));
    EXPECT_THAT(Problem(":memory:", backend), HasSubstr("in memory"));
    EXPECT_THAT(Problem("", backend), HasSubstr("in memory or without a name"));
    EXPECT_THAT(Problem("file:" + path_, backend), HasSubstr("URI"));
    EXPECT_THAT(Problem(scratch_.Path(""), backend), HasSubstr("no regular file"));
    EXPECT_THAT(Problem(path_ + "/x", backend), HasSubstr("Not a directory"));
    EXPECT_THAT(Problem("/" + std::string(5000, 'x'), backend), HasSubstr("File name too long"));
    EXPECT_THAT(Problem(path_, backend, 0), HasSubstr("greater than 0"));
  }
  char error[200] = "";
  EXPECT_EQ(Abi().open(nullptr, nullptr, error, sizeof error), nullptr);
  EXPECT_THAT(error, HasSubstr("without a name"));
}

TEST_F(Refusal, AHardLinkInWal) {
  std::filesystem::create_hard_link(path_, scratch_.Path("b.db"));
  for (const char* backend : {"polling", "kernel", "verified"}) {
    Watch watch(scratch_.Path("b.db"), backend);
    ASSERT_TRUE(watch.ok()) << watch.error();
    writer_.Run("INSERT INTO t VALUES (1)");
    EXPECT_EQ(watch.Wait(), 1) << backend;
  }
  writer_.Run("PRAGMA journal_mode = WAL; INSERT INTO t VALUES (1)");
  for (const char* backend : {"polling", "kernel", "shm", "verified"}) {
    EXPECT_THAT(Problem(scratch_.Path("b.db"), backend), HasSubstr("2 names (hard links)"));
    EXPECT_FALSE(std::filesystem::exists(scratch_.Path("b.db-wal"))) << backend;
  }
  std::filesystem::remove(scratch_.Path("b.db"));
  Watch watch(path_, "polling");
  EXPECT_TRUE(watch.ok()) << watch.error();
}

TEST_F(Refusal, WhatIsNotADatabase) {
  std::ofstream(scratch_.Path("text")) << std::string(5000, 'x');
  for (const char* backend : {"polling", "shm", "verified"}) {
    EXPECT_THAT(Problem(scratch_.Path("text"), backend), HasSubstr("file is not a database"));
  }
}

TEST_F(Refusal, ShmNeedsWal) {
  for (const char* mode : {"DELETE", "TRUNCATE", "PERSIST", "MEMORY", "OFF"}) {
    writer_.Run(std::string("PRAGMA journal_mode = ") + mode);
    EXPECT_THAT(Problem(path_, "shm"), HasSubstr("needs journal_mode WAL"));
  }
  EXPECT_FALSE(std::filesystem::exists(path_ + "-shm"));
}

TEST_F(Refusal, TheSentenceIsCutToTheBuffer) {
  char small[12] = "xxxxxxxxxxx";
  EXPECT_EQ(Abi().open(path_.c_str(), "nö", small, sizeof small), nullptr);
  EXPECT_STREQ(small, "unknown wat");
  char one[1] = {'x'};
  EXPECT_EQ(Abi().open(path_.c_str(), "no", one, sizeof one), nullptr);
  EXPECT_EQ(one[0], '\0');
  EXPECT_EQ(Abi().open(path_.c_str(), "no", nullptr, 50), nullptr);
}

TEST_F(Refusal, TheSqlFunctionsSayTheSame) {
  Database db(":memory:");
  EXPECT_THAT(db.Try("SELECT honker_update_watcher_open('" + path_ + "', 'no')"),
              HasSubstr("honker_update_watcher_open: unknown watcher backend \"no\""));
  EXPECT_THAT(db.Try("SELECT honker_update_watcher_open('" + path_ + "', NULL, 0)"),
              HasSubstr("argument 3 (poll_ms) must be greater than 0"));
  EXPECT_THAT(db.Try("SELECT honker_update_watcher_wait(1, -1)"),
              HasSubstr("argument 2 (timeout_ms) must not be negative"));
  EXPECT_THAT(db.Try("CREATE TABLE x(a); CREATE TRIGGER y AFTER INSERT ON x BEGIN SELECT "
                     "honker_update_watcher_close(1); END; INSERT INTO x VALUES (1)"),
              HasSubstr("unsafe use"));
  const std::string handle = db.Ask("SELECT honker_update_watcher_open('" + path_ + "', NULL)");
  EXPECT_EQ(db.Ask("SELECT honker_update_watcher_wait(" + handle + ", 0)"), "0");
  writer_.Run("INSERT INTO t VALUES (1)");
  EXPECT_EQ(db.Ask("SELECT honker_update_watcher_wait(" + handle + ", 60000)"), "1");
  EXPECT_EQ(db.Ask("SELECT honker_update_watcher_close(" + handle + ")"), "1");
  EXPECT_EQ(db.Ask("SELECT honker_update_watcher_wait(" + handle + ", 60000)"), "-1");
}

TEST_F(Refusal, AnInterruptEndsAWaitInSql) {
  Database db(":memory:");
  const std::string handle = db.Ask("SELECT honker_update_watcher_open('" + path_ + "', NULL)");
  // Interrupted once the wait's arguments are being evaluated. Before that the interrupt would be
  // none (no statement runs), or end the statement itself before it calls anything.
  struct {
    bool said = false;
    std::promise<void> promise;
    void Say() {
      if (!said) promise.set_value();
      said = true;
    }
  } called;
  const auto say_so = [](sqlite3_context* context, int, sqlite3_value** values) {
    static_cast<decltype(called)*>(sqlite3_user_data(context))->Say();
    sqlite3_result_value(context, values[0]);
  };
  ASSERT_EQ(
      sqlite3_create_function(db.db(), "say_so", 1, SQLITE_UTF8, &called, say_so, nullptr, nullptr),
      SQLITE_OK);
  std::thread interrupter([&] {
    called.promise.get_future().wait();
    sqlite3_interrupt(db.db());
  });
  const std::string problem =
      db.Try("SELECT honker_update_watcher_wait(say_so(" + handle + "), 9000000)");
  called.Say();  // where the statement never got so far
  interrupter.join();
  EXPECT_EQ(problem, "honker_update_watcher_wait: interrupted");
  EXPECT_EQ(db.result_code(), SQLITE_INTERRUPT);
  db.Run("SELECT honker_update_watcher_close(" + handle + ")");
}

// A lock is no reason to refuse: whatever happens from the open on is told when it is given up.
TEST_F(Refusal, NotBecauseOfALock) {
  for (const char* backend : {"polling", "verified"}) {
    writer_.Run("BEGIN EXCLUSIVE; INSERT INTO t VALUES (1)");
    Watch watch(path_, backend);
    ASSERT_TRUE(watch.ok()) << watch.error();
    writer_.Run("COMMIT");
    EXPECT_EQ(watch.Wait(), 1);
  }
}

// The watcher leaves a hot journal to the next writer, says so once, and goes on.
class Unready : public Refusal,
                public ::testing::WithParamInterface<std::pair<const char*, const char*>> {};

TEST_P(Unready, NotBecauseOfAHotJournal) {
  writer_.Run(
      "PRAGMA cache_size = 2; BEGIN; WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 "
      "FROM n WHERE i < 500) INSERT INTO t SELECT randomblob(500) FROM n");
  const std::string crashed = scratch_.Path("crashed.db");
  // As a crash leaves them; copying from this process would drop the writer's locks, which nobody
  // needs.
  std::filesystem::copy_file(path_, crashed);
  std::filesystem::copy_file(path_ + "-journal", crashed + "-journal");
  const auto [backend, thread] = GetParam();
  ::testing::internal::CaptureStderr();
  Watch watch(crashed, backend);
  ASSERT_TRUE(watch.ok()) << watch.error();
  // It is said when it lasts: a journal of a writer that is just done looks like that for a moment.
  const auto believed = std::chrono::steady_clock::now() + std::chrono::milliseconds(300);
  while (std::chrono::steady_clock::now() < believed) WaitForLooks(thread, 1);
  WaitForLooks(thread, 3);
  EXPECT_TRUE(std::filesystem::exists(crashed + "-journal"));
  Database(crashed, Database::kPlain).Run("INSERT INTO t VALUES (1)");
  EXPECT_EQ(watch.Wait(), 1);
  const std::string said = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(said, HasSubstr("has trouble: attempt to write a readonly database"));
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1);
}

INSTANTIATE_TEST_SUITE_P(Backends, Unready,
                         ::testing::Values(std::pair("polling", "honker-poll"),
                                           std::pair("verified", "honker-verified")));

}  // namespace
}  // namespace honker
