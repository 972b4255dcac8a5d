// Several real processes at one fresh file.
#include <gtest/gtest.h>

#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "core/testing/child.h"
#include "core/testing/scratch.h"

namespace honker {
namespace {

using testing::Database;
using testing::ExitCode;
using testing::Scratch;
using testing::StartChild;

// Each opens, loads (which makes a table), bootstraps and enqueues; the busy timeout is all the
// help.
void EverybodyAtOnce(const char* journal_mode, int rounds) {
  constexpr int kProcesses = 8;
  for (int round = 0; round < rounds; ++round) {
    const Scratch scratch;
    const std::string path = scratch.Path("fresh.db");
    std::vector<pid_t> children;
    children.reserve(kProcesses);
    for (int i = 0; i < kProcesses; ++i) {
      children.push_back(StartChild([&] {
        Database db(path);
        if (i == 0) db.Run(std::string("PRAGMA journal_mode = ") + journal_mode);
        db.Run(
            "SELECT honker_bootstrap(); SELECT honker_enqueue('q', 'p', NULL, NULL, 0, 3, NULL)");
        return 0;
      }));
    }
    for (const pid_t child : children) EXPECT_EQ(ExitCode(child), 0);
    Database db(path, Database::kPlain);
    EXPECT_EQ(db.AskInt("SELECT count(*) FROM _honker_live"), kProcesses);
    EXPECT_EQ(db.Ask("PRAGMA integrity_check"), "ok");
  }
}

TEST(Race, BootstrapOfAFreshFile) {
  EverybodyAtOnce("DELETE", 10);
  EverybodyAtOnce("TRUNCATE", 5);
}

TEST(Race, BootstrapOfAnOldFile) {
  for (int round = 0; round < 5; ++round) {
    const Scratch scratch;
    const std::string path = scratch.Path("old.db");
    const int made = testing::RunInChild([&] {
      Database old(path, Database::kPlain);
      old.Run(
          "PRAGMA journal_mode = WAL; CREATE TABLE _honker_live (id INTEGER PRIMARY KEY "
          "AUTOINCREMENT, "
          "queue TEXT NOT NULL, payload TEXT NOT NULL); INSERT INTO _honker_live(queue, payload) "
          "VALUES ('q', 'p')");
      return 0;
    });
    ASSERT_EQ(made, 0);
    std::vector<pid_t> children;
    for (int i = 0; i < 6; ++i) {
      children.push_back(StartChild([&] {
        Database db(path);
        db.Run("SELECT honker_bootstrap()");
        return 0;
      }));
    }
    for (const pid_t child : children) EXPECT_EQ(ExitCode(child), 0);
    Database db(path, Database::kPlain);
    EXPECT_EQ(db.Ask("SELECT id, payload, attempts FROM _honker_live"), "1|p|0");
  }
}

// Every job is claimed by exactly one process, whatever the interleaving.
TEST(Race, ClaimsAreExclusive) {
  const Scratch scratch;
  const std::string path = scratch.Path("a.db");
  constexpr int kJobs = 200;
  ASSERT_EQ(
      testing::RunInChild([&] {
        Database db(path);
        db.Run(
            "PRAGMA journal_mode = WAL; SELECT honker_bootstrap(); CREATE TABLE done(id, worker)");
        for (int i = 0; i < kJobs; ++i)
          db.Run("SELECT honker_enqueue('q', 'p', NULL, NULL, 0, 3, NULL)");
        return 0;
      }),
      0);
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    children.push_back(StartChild([&path, i] {
      Database db(path);
      const std::string worker = std::string("w").append(std::to_string(i));
      for (;;) {
        const std::string jobs = db.Ask("SELECT honker_claim_batch('q', '" + worker + "', 3, 600)");
        if (jobs == "[]") return 0;
        db.Run(
            "INSERT INTO done SELECT value ->> 'id', "
            "'" +
            worker + "' FROM json_each('" + jobs + "')");
        // Each in a statement of its own: one that reads as well would hold an older snapshot.
        const std::string ids = db.Ask("SELECT value ->> 'id' FROM json_each('" + jobs + "')");
        std::istringstream lines(ids);
        for (std::string id; std::getline(lines, id);) {
          if (db.Ask("SELECT honker_ack(" + id + ", '" + worker + "')") != "1") return 1;
        }
      }
    }));
  }
  for (const pid_t child : children) EXPECT_EQ(ExitCode(child), 0);
  Database db(path, Database::kPlain);
  EXPECT_EQ(db.Ask("SELECT count(*), count(DISTINCT id) FROM done"), "200|200");
  EXPECT_EQ(db.AskInt("SELECT count(*) FROM _honker_live"), 0);
}

// What `work` answers in each of several processes at once, added up. -1 where one of them failed.
int AddedUp(const std::string& path, const std::function<int(Database&, int)>& work) {
  std::vector<pid_t> children;
  for (int i = 0; i < 6; ++i) {
    children.push_back(StartChild([&, i] {
      Database db(path);
      return work(db, i);
    }));
  }
  int sum = 0;
  bool failed = false;
  for (const pid_t child : children) {
    const int code = ExitCode(child);
    failed = failed || code < 0 || code > 100;
    sum += code;
  }
  return failed ? -1 : sum;
}

TEST(Race, ALockHasOneHolder) {
  const Scratch scratch;
  const std::string path = scratch.Path("a.db");
  ASSERT_EQ(testing::RunInChild([&] {
              // Somebody died with it.
              Database(path).Run(
                  "SELECT honker_bootstrap(); INSERT INTO _honker_locks VALUES ('l', 'dead', 1)");
              return 0;
            }),
            0);
  const auto acquire = [](Database& db, int i) {
    return static_cast<int>(
        db.AskInt("SELECT honker_lock_acquire('l', 'o" + std::to_string(i) + "', 600)"));
  };
  EXPECT_EQ(AddedUp(path, acquire), 1);
  EXPECT_EQ(AddedUp(path, acquire), 1) << "its holder asked again";
}

TEST(Race, AWindowGrantsItsLimitWhileOthersSweep) {
  const Scratch scratch;
  const std::string path = scratch.Path("a.db");
  ASSERT_EQ(testing::RunInChild([&] {
              Database(path).Run("SELECT honker_bootstrap()");
              return 0;
            }),
            0);
  const int granted = AddedUp(path, [](Database& db, int) {
    int mine = 0;
    for (int i = 0; i < 15; ++i) {
      db.Run("SELECT honker_rate_limit_sweep(0)");
      mine += static_cast<int>(db.AskInt("SELECT honker_rate_limit_try('r', 50, 1000000000)"));
    }
    return mine;
  });
  EXPECT_EQ(granted, 50);
}

}  // namespace
}  // namespace honker
