// What the environment says, in a process of its own: it is carried out, and what cannot be
// understood refuses the load with the reason.

#include "faults/vfs/environment.h"

#include <gmock/gmock.h>

#include "faults/clock.h"
#include "faults/file/test_files.h"
#include "faults/ledger.h"
#include "faults/vfs/test_child.h"

namespace faults::vfs {
namespace {

using testing::Child;
using ::testing::HasSubstr;

class EnvironmentTest : public testing::ScratchTest {
 protected:
  std::string Run(const std::vector<std::string>& statements, const std::string& faults,
                  const std::vector<std::string>& more = {}) {
    Child child(FAULT_VFS, In("app.db"), statements, faults, In("ledger"), more);
    return child.Finish();
  }
};

TEST_F(EnvironmentTest, AFaultIsArmedFiresAndIsInTheLedger) {
  const std::string out =
      Run({"CREATE TABLE t(x)", "INSERT INTO t VALUES(1)"}, "io_error * at=vfs.sync.db nth=2 once");
  EXPECT_THAT(out, HasSubstr("ok\nerror 1034 "));
  const auto ledger = ReadLedger(In("ledger"));
  ASSERT_TRUE(ledger.ok());
  ASSERT_EQ(ledger.value().size(), 1u);
  EXPECT_EQ(ledger.value()[0].fault, "io_error * at=vfs.sync.db nth=2 once");
  EXPECT_EQ(ledger.value()[0].site, "vfs.sync.db");
}

TEST_F(EnvironmentTest, WithoutFaultsNothingHappensAndTheLedgerIsEmpty) {
  EXPECT_EQ(Run({"CREATE TABLE t(x)"}, ""), "ok\n");
  EXPECT_EQ(ContentOf(In("ledger")), "");
}

TEST_F(EnvironmentTest, AFaultForAnotherProcessIsNotForThisOne) {
  const std::string fault = "io_error writer:* at=vfs.sync.* always";
  EXPECT_EQ(Run({"CREATE TABLE t(x)"}, fault, {"FAULT_PROCESS=reader:1"}), "ok\n");
  EXPECT_THAT(Run({"CREATE TABLE u(x)"}, fault, {"FAULT_PROCESS=writer:7"}),
              HasSubstr("error 1034"));
}

TEST_F(EnvironmentTest, ChanceStrikesTheSameCallsAgain) {
  const std::string fault = "delay * at=vfs.*.db for_ms=0 p=0.3 always";
  const auto struck = [&](const std::string& seed) {
    std::filesystem::remove(In("app.db"));
    std::filesystem::remove(In("ledger"));
    (void)Run({"CREATE TABLE t(x)", "INSERT INTO t VALUES(1)"}, fault, {"FAULT_SEED=" + seed});
    std::string sites;
    const auto ledger = ReadLedger(In("ledger"));
    for (const auto& entry : ledger.value()) {
      sites += entry.site + std::to_string(entry.occurrence) + " ";
    }
    return sites;
  };
  const std::string once = struck("1");
  EXPECT_NE(once, "");
  EXPECT_EQ(struck("1"), once);
  EXPECT_NE(struck("2"), once);
}

TEST_F(EnvironmentTest, TheClockIsShared) {
  auto clock = Clock::Create(In("clock"));
  ASSERT_TRUE(clock.ok());
  clock.value().FreezeAtMs(1'000'000);
  EXPECT_EQ(Run({"SELECT unixepoch()", "@SELECT fault_clock_step(31)", "SELECT unixepoch()"}, "",
                {"FAULT_CLOCK=" + In("clock")}),
            "ok 1000\nok 1031\nok 1031\n");
  EXPECT_EQ(clock.value().NowMs(), 1'031'000) << "here, too";
  const auto ledger = ReadLedger(In("ledger"));
  ASSERT_EQ(ledger.value().size(), 1u);
  EXPECT_EQ(ledger.value()[0].fault, "clock_step * by_s=31");
  EXPECT_EQ(Run({"SELECT unixepoch()"}, "clock_step * by_s=9", {"FAULT_CLOCK=" + In("clock")}),
            "ok 1040\n");
}

TEST_F(EnvironmentTest, WhatCannotBeUnderstoodRefusesTheLoad) {
  EXPECT_THAT(Run({}, "io_error * at=vfs.sync.wal"), HasSubstr("FAULT_VFS: fault text: column"));
  EXPECT_THAT(Run({}, "swap db by=rename_over"), HasSubstr("does not carry out 'swap'"));
  EXPECT_THAT(Run({}, "", {"FAULT_SEED=x"}), HasSubstr("FAULT_SEED: a decimal number"));
  EXPECT_THAT(Run({}, "", {"FAULT_CLOCK=" + In("none")}), HasSubstr("FAULT_CLOCK: open clock"));
  EXPECT_THAT(Run({}, "", {"FAULT_RECORD=" + In("no/rec")}), HasSubstr("FAULT_RECORD: open"));
  EXPECT_THAT(Run({}, "", {"FAULT_RECORD_WHAT=all"}), HasSubstr("one of order, bytes, calls"));
}

}  // namespace
}  // namespace faults::vfs
