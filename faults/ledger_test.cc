#include "faults/ledger.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>
#include <vector>

#include "faults/file/test_files.h"

namespace faults {
namespace {

class LedgerTest : public testing::ScratchTest {};

TEST_F(LedgerTest, WhatWasAppendedIsReadBack) {
  auto ledger = Ledger::Open(In("ledger.jsonl"));
  ASSERT_TRUE(ledger.ok()) << ledger.Message();
  ASSERT_TRUE(ledger.value()
                  .Append({.event = "held",
                           .fault = "gate w at=vfs.sync.wal dir=\"\n\"",
                           .site = "vfs.sync.wal",
                           .occurrence = 3,
                           .detail = "/x/app.db-wal"})
                  .ok());
  ASSERT_TRUE(ledger.value().Append({.event = "fired", .fault = "touch db"}).ok());
  const auto entries = ReadLedger(In("ledger.jsonl"));
  ASSERT_TRUE(entries.ok()) << entries.Message();
  ASSERT_EQ(entries.value().size(), 2u);
  EXPECT_EQ(entries.value()[0].fault, "gate w at=vfs.sync.wal dir=\"\n\"");
  EXPECT_EQ(entries.value()[0].occurrence, 3);
  EXPECT_EQ(entries.value()[0].pid, getpid());
  EXPECT_LE(entries.value()[0].t_ns, entries.value()[1].t_ns);
  EXPECT_EQ(entries.value()[1].site, "");
}

TEST_F(LedgerTest, ATornLastLineIsLeftOutAndABrokenOneIsAnError) {
  EXPECT_EQ(ReadLedger(Make("torn", "{\"event\":\"fired\"}\n{\"event\":\"fi")).value().size(), 1u);
  const auto broken = ReadLedger(Make("broken", "{\"event\":\"fired\"}\nnonsense\n{}\n"));
  ASSERT_FALSE(broken.ok());
  EXPECT_NE(broken.Message().find("line 2"), std::string::npos) << broken.Message();
  EXPECT_FALSE(ReadLedger(Make("typed", "{\"event\":1}\n")).ok());
  EXPECT_EQ(ReadLedger(In("none")).error().error, ENOENT);
}

TEST_F(LedgerTest, NothingIsLostWhenTheProcessIsKilledRightAfter) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto ledger = Ledger::Open(In("ledger"));
    if (!ledger.ok() || !ledger.value().Append({.event = "fired", .fault = "kill w"}).ok())
      _exit(1);
    (void)raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(ReadLedger(In("ledger")).value().size(), 1u);
}

TEST_F(LedgerTest, LinesOfSeveralWritersNeverMix) {
  std::vector<std::thread> writers;
  for (int w = 0; w < 4; ++w) {
    writers.emplace_back([this] {
      auto ledger = Ledger::Open(In("ledger"));
      for (int i = 0; i < 200; ++i) {
        ASSERT_TRUE(ledger.value()
                        .Append({.event = "fired", .fault = "x", .detail = std::string(300, 'y')})
                        .ok());
      }
    });
  }
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(ReadLedger(In("ledger")).value().size(), 800u);
}

TEST_F(LedgerTest, AFullDiskIsAnErrorAndNotAFault) {
  auto ledger = Ledger::Open("/dev/full");
  ASSERT_TRUE(ledger.ok());
  EXPECT_EQ(ledger.value().Append({.event = "fired", .fault = "x"}).error().error, ENOSPC);
}

}  // namespace
}  // namespace faults
