// WAL-BOUNDED: the WAL stays near the size at which SQLite checkpoints, however an application
// steps the functions. SQLite looks at it where a statement that wrote reaches its end, so a
// function whose inner statement stops at a row, in a caller that stops at the answer
// (better-sqlite3's .get()), would let the WAL grow without end.
//
// Not covered: where the same connection holds another read open SQLite never checkpoints; the last
// test shows it with SQLite alone.
#include <gtest/gtest.h>

#include <filesystem>

#include "core/testing/scratch.h"

namespace honker {
namespace {

using testing::Database;
using testing::Scratch;

constexpr int kCalls = 21'000;
constexpr uintmax_t kFrame = 4096 + 24;
constexpr uintmax_t kAutoCheckpoint = 1000 * kFrame;

class WalBounded : public ::testing::Test {
 protected:
  WalBounded() {
    db_.Run(
        "PRAGMA journal_mode = WAL; SELECT honker_bootstrap(); CREATE TABLE plain(a);"
        "CREATE TABLE reads(a); INSERT INTO reads VALUES (1), (2)");
  }
  ~WalBounded() override {
    for (sqlite3_stmt* one : prepared_) sqlite3_finalize(one);
  }

  sqlite3_stmt* Prepare(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(db_.db(), sql.c_str(), -1, &statement, nullptr), SQLITE_OK)
        << sqlite3_errmsg(db_.db());
    prepared_.push_back(statement);
    return statement;
  }

  // Steps each of them once and resets it, so often that there are kCalls; the largest size the WAL
  // had.
  uintmax_t LargestAfter(const std::vector<std::string>& sqls) {
    std::vector<sqlite3_stmt*> statements;
    for (const std::string& sql : sqls) statements.push_back(Prepare(sql));
    uintmax_t largest = 0;
    for (int call = 0; call < kCalls; ++call) {
      sqlite3_stmt* statement = statements[static_cast<size_t>(call) % statements.size()];
      EXPECT_EQ(sqlite3_step(statement), SQLITE_ROW) << sqlite3_errmsg(db_.db());
      sqlite3_reset(statement);
      if (call % 100 == 0) {
        largest = std::max(largest, std::filesystem::file_size(scratch_.Path("a.db-wal")));
      }
    }
    return largest;
  }

  Scratch scratch_;
  Database db_{scratch_.Path("a.db")};
  std::vector<sqlite3_stmt*> prepared_;
};

constexpr uintmax_t kNear = kAutoCheckpoint + kAutoCheckpoint / 10;

TEST_F(WalBounded, Notify) { EXPECT_LT(LargestAfter({"SELECT notify('c', 'p')"}), kNear); }

TEST_F(WalBounded, Enqueue) {
  EXPECT_LT(LargestAfter({"SELECT honker_enqueue('q', 'p', NULL, NULL, 0, 3, NULL)"}), kNear);
}

TEST_F(WalBounded, EnqueueClaimAck) {
  EXPECT_LT(LargestAfter({"SELECT honker_enqueue('q', 'p', NULL, NULL, 0, 3, NULL)",
                          "SELECT honker_claim_batch('q', 'w', 1, 60)",
                          "SELECT honker_ack((SELECT max(id) FROM _honker_live), 'w')"}),
            kNear);
  EXPECT_EQ(db_.AskInt("SELECT count(*) FROM _honker_live WHERE state = 'processing'"), 0);
}

// That the size is seen to grow, and what an application's own statements do.
TEST_F(WalBounded, PlainReturningIsNot) {
  EXPECT_GT(LargestAfter({"INSERT INTO plain VALUES (1) RETURNING a"}), 2 * kAutoCheckpoint);
}

TEST_F(WalBounded, NothingIsBesideAReadOfTheSameConnection) {
  sqlite3_stmt* read = Prepare("SELECT a FROM reads");
  ASSERT_EQ(sqlite3_step(read), SQLITE_ROW);
  EXPECT_GT(LargestAfter({"SELECT notify('c', 'p')"}), 2 * kAutoCheckpoint);
}

}  // namespace
}  // namespace honker
