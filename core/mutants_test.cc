// Each planted bug does what its name says, in the library that has them.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

#include "core/testing/child.h"
#include "core/testing/scratch.h"
#include "core/testing/watching.h"

namespace honker {
namespace {

using testing::Database;
using testing::LoadExtension;
using testing::RunInChild;
using testing::Scratch;
using testing::WaitForLooks;
using testing::Watch;

// Exit codes of the children: which way it went.
constexpr int kHealthy = 10;
constexpr int kBroken = 11;

// `look` runs in a process with that bug, and in one without, and says which of the two it is in.
void ExpectToMatter(const char* mutant, const std::function<int(const Scratch&)>& look) {
  for (const char* name : {mutant, ""}) {
    const Scratch scratch;
    const int code = RunInChild([&] {
      setenv("HONKER_TEST_EXT", HONKER_EXT_MUTANT_PATH, 1);
      setenv("HONKER_MUTANT", name, 1);
      return look(scratch);
    });
    EXPECT_EQ(code, *name == '\0' ? kHealthy : kBroken) << mutant;
  }
}

std::string MakeDatabase(const Scratch& scratch, const char* mode = "WAL") {
  std::string path = scratch.Path("a.db");
  Database db(path);
  db.Run(std::string("PRAGMA journal_mode = ") + mode);
  db.Run("SELECT honker_bootstrap(); CREATE TABLE t(a)");
  return path;
}

// How many of three stepped commits brought a wake.
int WakesOfThree(Watch& watch, Database& db) {
  int wakes = 0;
  for (int i = 0; i < 3; ++i) {
    db.Run("INSERT INTO t VALUES (1)");
    WaitForLooks("honker-poll");
    while (watch.Look() == 1) ++wakes;
  }
  return wakes;
}

int ByWakes(const Scratch& scratch, int broken) {
  const std::string path = MakeDatabase(scratch);
  Database db(path);
  Watch watch(path, "polling");
  const int wakes = WakesOfThree(watch, db);
  return wakes == 3 ? kHealthy : wakes == broken ? kBroken : 1;
}

TEST(Mutants, MissWake) {
  ExpectToMatter("miss_wake", [](const Scratch& scratch) { return ByWakes(scratch, 2); });
}

TEST(Mutants, DoubleWake) {
  ExpectToMatter("double_wake", [](const Scratch& scratch) { return ByWakes(scratch, 6); });
}

TEST(Mutants, WakeOnRollback) {
  ExpectToMatter("wake_on_rollback", [](const Scratch& scratch) {
    const std::string path = MakeDatabase(scratch, "DELETE");
    Database db(path);
    Watch watch(path, "polling");
    WaitForLooks("honker-poll");
    db.Run("BEGIN; INSERT INTO t VALUES (1)");
    WaitForLooks("honker-poll");
    db.Run("ROLLBACK");
    WaitForLooks("honker-poll");
    return watch.Look() == 1 ? kBroken : kHealthy;
  });
}

TEST(Mutants, NeverDie) {
  ExpectToMatter("never_die", [](const Scratch& scratch) {
    const std::string path = MakeDatabase(scratch);
    Watch watch(path, "polling");
    std::filesystem::copy_file(path, scratch.Path("new.db"));
    std::filesystem::rename(scratch.Path("new.db"), path);
    WaitForLooks("honker-poll", 400);  // a millisecond each at least: the switch has been due
    int result = watch.Look();
    if (result == 1) result = watch.Look();
    return result == -1 ? kHealthy : kBroken;
  });
}

// Asked from another process: one's own locks never show.
bool OthersSeeALock(const std::string& file) {
  const int code = RunInChild([&] {
    const int descriptor = open(file.c_str(), O_RDWR);
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = 120;  // WAL_WRITE_LOCK in -shm
    lock.l_len = 1;
    if (fcntl(descriptor, F_GETLK, &lock) != 0) return 2;
    return lock.l_type == F_UNLCK ? 0 : 1;
  });
  return code == 1;
}

TEST(Mutants, CloseShm) {
  ExpectToMatter("close_shm", [](const Scratch& scratch) {
    const std::string path = MakeDatabase(scratch);
    Database db(path);
    db.Run("BEGIN IMMEDIATE; INSERT INTO t VALUES (1)");
    if (!OthersSeeALock(path + "-shm")) return 1;
    Watch watch(path, "polling");
    WaitForLooks("honker-poll");
    return OthersSeeALock(path + "-shm") ? kHealthy : kBroken;
  });
}

TEST(Mutants, LateBaseline) {
  ExpectToMatter("late_baseline", [](const Scratch& scratch) {
    const std::string path = MakeDatabase(scratch);
    Database db(path);
    Watch watch(path, "polling");
    db.Run("INSERT INTO t VALUES (1)");
    WaitForLooks("honker-poll", 10);
    return watch.Look() == 1 ? kHealthy : kBroken;
  });
}

// Whether anything is on stderr after looks at a database whose header is overwritten.
int SaysWhy(const Scratch& scratch) {
  const std::string path = MakeDatabase(scratch, "DELETE");
  const std::string said = scratch.Path("stderr");
  const int file = open(said.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  dup2(file, STDERR_FILENO);
  Watch watch(path, "polling");
  if (!watch.ok()) return 1;
  {
    // In a process of its own: closing it would take the watcher's locks.
    const std::string command = "printf '%0100d' 7 | dd of=" + path + " conv=notrunc status=none";
    if (std::system(command.c_str()) != 0) return 2;
  }
  WaitForLooks("honker-poll", 5);
  watch.Close();
  return std::filesystem::file_size(said) > 0 ? kHealthy : kBroken;
}

TEST(Mutants, MuteTrouble) { ExpectToMatter("mute_trouble", SaysWhy); }

TEST(Mutants, DoubleClaim) {
  ExpectToMatter("double_claim", [](const Scratch& scratch) {
    Database db(MakeDatabase(scratch));
    db.Run(
        "SELECT honker_enqueue('q', 'p', NULL, NULL, 0, 3, NULL); SELECT honker_claim_batch('q', "
        "'w', 1, 60)");
    return db.Ask("SELECT honker_claim_batch('q', 'x', 1, 60)") == "[]" ? kHealthy : kBroken;
  });
}

TEST(Mutants, LoseOnClaim) {
  ExpectToMatter("lose_on_claim", [](const Scratch& scratch) {
    Database db(MakeDatabase(scratch));
    for (int i = 0; i < 10; ++i) db.Run("SELECT honker_enqueue('q', 'p', NULL, NULL, 0, 3, NULL)");
    db.Run("SELECT honker_claim_batch('q', 'w', 10, 60)");
    return db.AskInt("SELECT count(*) FROM _honker_live") == 10 ? kHealthy : kBroken;
  });
}

int CountStep(void* steps) {
  ++*static_cast<int64_t*>(steps);
  return 0;
}

TEST(Mutants, SortOnClaim) {
  ExpectToMatter("sort_on_claim", [](const Scratch& scratch) {
    Database db(MakeDatabase(scratch));
    db.Run(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) "
        "INSERT INTO _honker_live (queue, payload, run_at) SELECT 'q', 'p', i FROM n");
    int64_t steps = 0;
    sqlite3_progress_handler(db.db(), 1, CountStep, &steps);
    db.Run("SELECT honker_claim_batch('q', 'w', 1, 60)");
    return steps < 2000 ? kHealthy : kBroken;  // a step at least for each row that is sorted
  });
}

TEST(Mutants, NextClaimFutureOnly) {
  ExpectToMatter("next_claim_future_only", [](const Scratch& scratch) {
    Database db(MakeDatabase(scratch));
    db.Run("SELECT honker_enqueue('q', 'p', 1000, NULL, 0, 3, NULL)");
    return db.AskInt("SELECT honker_queue_next_claim_at('q')") == 1000 ? kHealthy : kBroken;
  });
}

TEST(Mutants, TickInSteps) {
  ExpectToMatter("tick_in_steps", [](const Scratch& scratch) {
    Database db(MakeDatabase(scratch));
    db.Run(
        "SELECT honker_scheduler_register('s', 'q', '@every 1s', 'p', 0, NULL);"
        "CREATE TRIGGER no BEFORE UPDATE ON _honker_scheduler_tasks BEGIN SELECT RAISE(ABORT, "
        "'no'); END");
    if (db.Try("SELECT honker_scheduler_tick(unixepoch() + 1)").empty()) return 1;
    return db.AskInt("SELECT count(*) FROM _honker_live") == 0 ? kHealthy : kBroken;
  });
}

TEST(Mutants, UnfinishedInsert) {
  ExpectToMatter("unfinished_insert", [](const Scratch& scratch) {
    const std::string path = MakeDatabase(scratch);
    Database db(path);
    db.Run("PRAGMA wal_autocheckpoint = 10");
    sqlite3_stmt* call = nullptr;
    if (sqlite3_prepare_v2(db.db(), "SELECT notify('c', 'p')", -1, &call, nullptr) != SQLITE_OK)
      return 1;
    for (int i = 0; i < 200; ++i) {
      sqlite3_step(call);
      sqlite3_reset(call);
    }
    sqlite3_finalize(call);
    return std::filesystem::file_size(path + "-wal") < 200'000 ? kHealthy : kBroken;
  });
}

TEST(Mutants, BootstrapSaysOne) {
  ExpectToMatter("bootstrap_says_one", [](const Scratch& scratch) {
    const std::string path = scratch.Path("b.db");
    Database db(path);
    Database other(path);
    other.Run("BEGIN IMMEDIATE");
    sqlite3_busy_timeout(db.db(), 1);
    return db.Try("SELECT honker_bootstrap()").empty() ? kBroken : kHealthy;
  });
}

TEST(Mutants, PauseOnMigrate) {
  ExpectToMatter("pause_on_migrate", [](const Scratch& scratch) {
    Database db(MakeDatabase(scratch));
    db.Run(
        "SELECT honker_scheduler_register('s', 'q', '@every 1s', 'p', 0, NULL);"
        "DROP INDEX _honker_scheduler_due;"
        "ALTER TABLE _honker_scheduler_tasks DROP COLUMN enabled; SELECT honker_bootstrap()");
    return db.AskInt("SELECT enabled FROM _honker_scheduler_tasks") == 1 ? kHealthy : kBroken;
  });
}

TEST(Mutants, RenewExpired) {
  ExpectToMatter("renew_expired", [](const Scratch& scratch) {
    Database db(MakeDatabase(scratch));
    db.Run("INSERT INTO _honker_locks VALUES ('l', 'o', 1)");
    if (db.AskInt("SELECT honker_lock_renew('l', 'other', 60)") != 0) return 1;
    return db.AskInt("SELECT honker_lock_renew('l', 'o', 60)") == 0 ? kHealthy : kBroken;
  });
}

TEST(Mutants, SweepActive) {
  ExpectToMatter("sweep_active", [](const Scratch& scratch) {
    Database db(MakeDatabase(scratch));
    db.Run("SELECT honker_rate_limit_try('r', 1, 1000000000000)");
    return db.AskInt("SELECT honker_rate_limit_sweep(0)") == 0 ? kHealthy : kBroken;
  });
}

TEST(Mutants, ResultAfterTtl) {
  ExpectToMatter("result_after_ttl", [](const Scratch& scratch) {
    Database db(MakeDatabase(scratch));
    db.Run("INSERT INTO _honker_results VALUES (1, 'v', 0, 1)");
    return db.AskInt("SELECT honker_result_get(1) IS NULL") == 1 ? kHealthy : kBroken;
  });
}

TEST(Mutants, FirstOffsetStays) {
  ExpectToMatter("first_offset_stays", [](const Scratch& scratch) {
    Database db(MakeDatabase(scratch));
    db.Run(
        "SELECT honker_stream_save_offset('c', 't', 1); SELECT honker_stream_save_offset('c', 't', "
        "2)");
    return db.AskInt("SELECT honker_stream_get_offset('c', 't')") == 2 ? kHealthy : kBroken;
  });
}

TEST(Mutants, OffsetFromBlock) {
  ExpectToMatter("offset_from_block", [](const Scratch& scratch) {
    const std::string path = MakeDatabase(scratch);
    Database one(path);
    Database other(path);
    constexpr char kPublish[] = "SELECT honker_stream_publish('t', NULL, 'p')";
    const int64_t first = one.AskInt(kPublish);
    const int64_t second = other.AskInt(kPublish);
    if (second <= first) return 1;
    return one.AskInt(kPublish) > second ? kHealthy : kBroken;
  });
}

TEST(Mutants, AnyZone) {
  ExpectToMatter("any_zone", [](const Scratch& scratch) {
    Database db(MakeDatabase(scratch));
    const auto register_in = [&](const char* zone) {
      setenv("TZ", zone, 1);
      tzset();
      return db.Try("SELECT honker_scheduler_register('s', 'q', '0 9 * * *', 'p', 0, NULL)");
    };
    if (!register_in("XXX0").empty()) return 1;
    return register_in("XXX-5").empty() ? kBroken : kHealthy;
  });
}

TEST(Mutants, AnUnknownNameDoesNotLoad) {
  EXPECT_EQ(RunInChild([] {
              setenv("HONKER_TEST_EXT", HONKER_EXT_MUTANT_PATH, 1);
              setenv("HONKER_MUTANT", "miss_everything", 1);
              Database db(":memory:", Database::kPlain);
              const std::string problem = LoadExtension(db.db());
              const bool named = problem.find("\"miss_everything\"") != std::string::npos &&
                                 problem.find("valid: miss_wake, ") != std::string::npos;
              return named ? kHealthy : kBroken;
            }),
            kHealthy);
}

}  // namespace
}  // namespace honker
