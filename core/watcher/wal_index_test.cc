// The reader of the WAL-index against one that SQLite wrote, and against what must not be believed.
#include "core/watcher/wal_index.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <fstream>
#include <string>

#include "core/testing/scratch.h"

namespace honker {
namespace {

using testing::Database;
using testing::Scratch;

using HeaderBytes = std::array<char, kWalIndexHeaderBytes>;

class WalIndex : public ::testing::Test {
 protected:
  WalIndex() { db_.Run("PRAGMA journal_mode = WAL; CREATE TABLE t(a)"); }

  // From the file: another descriptor costs this process its locks, and nobody needs them here.
  HeaderBytes Bytes() {
    alignas(8) HeaderBytes bytes{};
    std::ifstream(scratch_.Path("a.db-shm"), std::ios::binary).read(bytes.data(), bytes.size());
    return bytes;
  }
  static bool Read(const HeaderBytes& bytes, WalIndexHeader* header) {
    alignas(8) char aligned[kWalIndexHeaderBytes];
    std::memcpy(aligned, bytes.data(), sizeof aligned);
    return ReadWalIndexHeader(aligned, header);
  }
  WalIndexHeader Header() {
    WalIndexHeader header;
    EXPECT_TRUE(Read(Bytes(), &header));
    return header;
  }

  Scratch scratch_;
  Database db_{scratch_.Path("a.db"), Database::kPlain};
};

TEST_F(WalIndex, CommitsMoveTheCounterAndTheFrames) {
  const WalIndexHeader before = Header();
  EXPECT_EQ(before.version, kWalIndexVersion);
  db_.Run("INSERT INTO t VALUES (1)");
  const WalIndexHeader after = Header();
  EXPECT_EQ(after.change, before.change + 1);
  EXPECT_GT(after.max_frame, before.max_frame);
  EXPECT_EQ(after.salt[0], before.salt[0]);
}

TEST_F(WalIndex, ACheckpointThatStartsTheWalAnewMovesTheSaltOnly) {
  db_.Run("INSERT INTO t VALUES (1)");
  const WalIndexHeader before = Header();
  db_.Run("PRAGMA wal_checkpoint(TRUNCATE)");
  const WalIndexHeader after = Header();
  EXPECT_EQ(after.change, before.change);
  EXPECT_EQ(after.max_frame, 0U);
  EXPECT_NE(after.salt[0], before.salt[0]);
}

TEST_F(WalIndex, WhatIsTornOrEmptyIsNotBelieved) {
  const HeaderBytes good = Bytes();
  WalIndexHeader header;
  for (size_t i = 0; i < good.size(); ++i) {
    HeaderBytes torn = good;
    torn[i] = static_cast<char>(torn[i] ^ 0x40);
    EXPECT_FALSE(Read(torn, &header)) << "one copy changed at byte " << i;
    HeaderBytes wrong = good;
    wrong[i % 48] = static_cast<char>(wrong[i % 48] ^ 0x40);
    wrong[48 + i % 48] = wrong[i % 48];
    EXPECT_FALSE(Read(wrong, &header)) << "both changed at byte " << i % 48;
  }
  EXPECT_FALSE(Read(HeaderBytes{}, &header));
  EXPECT_TRUE(Read(good, &header));
}

}  // namespace
}  // namespace honker
