// The recorder, preloaded into a real program: each way to lose a lock is recorded with the call,
// each way that loses none is silent, and what the book says is what SQLite holds.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <tuple>

#include "faults/ledger.h"
#include "faults/locks/look.h"

namespace faults::locks {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

// The child, standing where it has done what it was told to.
class Program {
 public:
  Program(const std::string& journal, const std::string& lock, const std::string& file,
          const std::string& action, bool record = true) {
    std::string name = fs::current_path().string() + "/locks-test-XXXXXX";
    folder_ = mkdtemp(name.data());
    int in[2];
    int out[2];
    EXPECT_EQ(pipe2(in, O_CLOEXEC), 0);
    EXPECT_EQ(pipe2(out, O_CLOEXEC), 0);
    pid_ = fork();
    if (pid_ == 0) {
      dup2(in[0], STDIN_FILENO);
      dup2(out[1], STDOUT_FILENO);
      setenv("LD_PRELOAD", FAULT_LOCKS_LIBRARY, 1);
      if (record) setenv("FAULT_LOCKS", Book().c_str(), 1);
      if (record) setenv("FAULT_LEDGER", LedgerPath().c_str(), 1);
      const std::string db = folder_ + "/app.db";
      execl(FAULTS_LOCK_CHILD, "faults_lock_child", db.c_str(), journal.c_str(), lock.c_str(),
            file.c_str(), action.c_str(), nullptr);
      _exit(127);
    }
    close(in[0]);
    close(out[1]);
    in_ = in[1];
    char buffer[16] = {};
    EXPECT_EQ(read(out[0], buffer, sizeof buffer), 5) << "the child said nothing";
    close(out[0]);
  }
  ~Program() {
    close(in_);
    waitpid(pid_, nullptr, 0);
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  std::string Book() const { return folder_ + "/book"; }
  std::string LedgerPath() const { return folder_ + "/ledger.jsonl"; }
  pid_t pid() const { return pid_; }
  BookReader Reader() const {
    Result<BookReader> reader = BookReader::Open(Book());
    EXPECT_TRUE(reader.ok()) << reader.Message();
    return std::move(reader).value();
  }
  std::vector<LedgerEntry> Ledger() const {
    Result<std::vector<LedgerEntry>> entries = ReadLedger(LedgerPath());
    EXPECT_TRUE(entries.ok()) << entries.Message();
    return entries.ok() ? entries.value() : std::vector<LedgerEntry>();
  }

 private:
  std::string folder_;
  pid_t pid_ = -1;
  int in_ = -1;
};

struct Way {
  const char* action;
  const char* call;  // as it is named
};
void PrintTo(const Way& way, std::ostream* out) { *out << way.action; }

class EachWay : public testing::TestWithParam<std::tuple<Way, const char*>> {};

TEST_P(EachWay, ToLoseALockIsRecordedWithTheCall) {
  const auto& [way, journal] = GetParam();
  for (const char* file : {"", "-shm"}) {
    if (*file != '\0' && std::string(journal) != "wal") continue;
    const Program program(journal, "write", file, way.action);
    BookReader reader = program.Reader();
    const std::vector<BookLoss> losses = reader.NewLosses();
    ASSERT_EQ(losses.size(), 1U) << journal << " " << file;
    EXPECT_TRUE(losses[0].seen);
    EXPECT_THAT(losses[0].call, testing::StartsWith(way.call));
    EXPECT_THAT(losses[0].file.path, testing::EndsWith(std::string("/app.db") + file));
    EXPECT_GE(losses[0].locks, 1);
    EXPECT_THAT(losses[0].caller,
                HasSubstr(std::string(way.action) == "ifstream" ? "libstdc++" : "lock_child"));
    EXPECT_THAT(losses[0].stack, HasSubstr("lock_child"));
    EXPECT_STREQ(losses[0].thread, "faults_lock_chi");
    EXPECT_TRUE(reader.NewLosses().empty()) << "told twice";
    EXPECT_TRUE(reader.Look().missing.empty()) << "of what is told nothing is missing";
    const std::vector<LedgerEntry> entries = program.Ledger();
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_EQ(entries[0].event, "lock_lost");
    EXPECT_THAT(entries[0].detail, HasSubstr(way.call));
    EXPECT_EQ(entries[0].pid, program.pid());
  }
}

INSTANTIATE_TEST_SUITE_P(
    Locks, EachWay,
    testing::Combine(testing::Values(Way{"close", "close("}, Way{"fclose", "fclose("},
                                     Way{"ifstream", "fclose("}, Way{"dup2", "dup2("},
                                     Way{"dup3", "dup3("}, Way{"close_range", "close_range("},
                                     Way{"unlock", "fcntl("}),
                     testing::Values("delete", "truncate", "persist", "wal")),
    [](const auto& info) {
      return std::string(std::get<0>(info.param).action) + "_" + std::get<1>(info.param);
    });

TEST(Recorder, IsSilentWhereNoLockIsLost) {
  for (const char* journal : {"delete", "truncate", "persist", "wal"}) {
    for (const char* action : {"transactions", "keep_open", "fork_close", "vfork_close"}) {
      const Program program(journal, "write", "", action);
      BookReader reader = program.Reader();
      EXPECT_TRUE(reader.NewLosses().empty()) << journal << " " << action;
      EXPECT_TRUE(program.Ledger().empty());
      const LookResult look = reader.Look();
      EXPECT_TRUE(look.missing.empty()) << journal << " " << action;
      EXPECT_EQ(look.left_out, 0);
      EXPECT_GT(look.granted, std::string(action) == "transactions" ? 400 : 2);
    }
    // A lock that was given up before cannot be lost.
    if (std::string(journal) == "wal") continue;  // there the connection keeps one
    const Program program(journal, "none", "", "close");
    EXPECT_TRUE(program.Reader().NewLosses().empty()) << journal;
  }
}

// A finding, kept: not what SQLite promises. Where a newer SQLite has it otherwise, this says so,
// and what the oracle of the harness counts apart can go.
TEST(Recorder, SqliteTakesALockFromItselfWhereOneThreadClosesWhileAnotherLocks) {
  const Program program("delete", "none", "", "sqlite_close");
  BookReader reader = program.Reader();
  const std::vector<BookLoss> losses = reader.NewLosses();
  ASSERT_EQ(losses.size(), 1U) << "SQLite keeps the lock now";
  EXPECT_TRUE(losses[0].seen);
  EXPECT_THAT(losses[0].call, testing::StartsWith("close("));
  EXPECT_THAT(losses[0].caller, HasSubstr("libsqlite3.so"));
  ASSERT_EQ(losses[0].locks, 1);
  EXPECT_EQ(losses[0].lock[0].start, 0x40000002);  // SHARED of the other thread's transaction
  const std::vector<Believed> believed = reader.Locks();
  ASSERT_EQ(believed.size(), 1U);
  EXPECT_FALSE(ToldByGetlk(program.pid(), believed[0]));
}

TEST(Recorder, ALossThatItCannotSeeIsFoundByALook) {
  const Program program("delete", "write", "", "raw_close");
  BookReader reader = program.Reader();
  EXPECT_TRUE(reader.NewLosses().empty());
  const LookResult look = reader.Look();
  EXPECT_EQ(look.judged, 2);  // RESERVED and SHARED
  ASSERT_EQ(look.missing.size(), 2U);
  for (const Believed& believed : look.missing) EXPECT_FALSE(ToldByGetlk(program.pid(), believed));
}

TEST(Recorder, TheBookSaysWhatSqliteHolds) {
  constexpr int64_t kPending =
      0x40000000;  // SQLite, os.h: PENDING_BYTE, RESERVED_BYTE, SHARED_FIRST
  struct Case {
    const char* journal;
    const char* lock;
    std::vector<std::tuple<bool, int64_t, int64_t>> db;  // write, first, last
  };
  const std::tuple<bool, int64_t, int64_t> shared{false, kPending + 2, kPending + 511};
  const std::tuple<bool, int64_t, int64_t> reserved{true, kPending + 1, kPending + 1};
  for (const Case& c :
       {Case{"delete", "read", {shared}}, Case{"delete", "write", {reserved, shared}},
        Case{"delete",
             "exclusive",
             {{true, kPending, kPending}, reserved, {true, kPending + 2, kPending + 511}}},
        Case{"wal", "read", {shared}}, Case{"wal", "none", {shared}}}) {
    const Program program(c.journal, c.lock, "", "keep_open");
    std::vector<std::tuple<bool, int64_t, int64_t>> db;
    bool dead_man = false;  // the lock on -shm that says "somebody is connected"
    for (const auto& [lock, file] : program.Reader().Locks()) {
      const std::string path = file.path;
      if (path.ends_with("/app.db")) db.emplace_back(lock.write, lock.start, lock.end);
      dead_man |= path.ends_with("-shm") && !lock.write && lock.start <= 128 && lock.end >= 128;
    }
    std::ranges::sort(db, {}, [](const auto& lock) { return std::get<1>(lock); });
    EXPECT_EQ(db, c.db) << c.journal << " " << c.lock;
    EXPECT_EQ(dead_man, std::string(c.journal) == "wal");
    const LookResult look = program.Reader().Look();
    EXPECT_GE(look.judged, static_cast<int64_t>(c.db.size()));
    EXPECT_TRUE(look.missing.empty());
    for (const Believed& believed : program.Reader().Locks())
      EXPECT_TRUE(ToldByGetlk(program.pid(), believed)) << c.journal << " " << c.lock;
  }
}

TEST(Recorder, IsOffWhereNothingIsAskedOfIt) {
  const Program program("wal", "write", "", "close", /*record=*/false);
  EXPECT_FALSE(fs::exists(program.Book()));
  EXPECT_FALSE(fs::exists(program.LedgerPath()));
}

TEST(Recorder, ABookThatCannotBeMadeIsSaid) {
  for (const auto& [name, value] :
       {std::pair{"FAULT_LOCKS", "/no/such/folder/book"}, {"FAULT_LEDGER", "/no/such/folder/l"}}) {
    const std::string command = std::string("LD_PRELOAD=") + FAULT_LOCKS_LIBRARY + " " + name +
                                "=" + value + " /bin/true 2>&1";
    std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
    char text[512] = {};
    EXPECT_NE(std::fgets(text, sizeof text, pipe.get()), nullptr);
    EXPECT_THAT(text, HasSubstr(value));
    EXPECT_EQ(WEXITSTATUS(pclose(pipe.release())), 64);
  }
}

TEST(BookReader, WhatIsNoBookIsAnErrorThatNamesIt) {
  EXPECT_THAT(BookReader::Open("/no/such/book").Message(), HasSubstr("/no/such/book"));
  EXPECT_THAT(BookReader::Open("/etc/passwd").Message(), HasSubstr("/etc/passwd"));
}

}  // namespace
}  // namespace faults::locks
