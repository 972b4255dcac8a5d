#include "faults/file/apply.h"

#include <cerrno>

#include "faults/file/test_files.h"

namespace faults {
namespace {

class ApplyTest : public testing::ScratchTest {
 protected:
  void SetUp() override {
    ScratchTest::SetUp();
    targets_ = {.database = Make("app.db", "old"),
                .replacement = Make("new.db", "new"),
                .replacement_directory = "",
                .parked = In("parked.db"),
                .link = In("other.db")};
    wal_ = Make("app.db-wal", "old wal");
    shm_ = Make("app.db-shm", "old shm");
    auto ledger = Ledger::Open(In("ledger"));
    ASSERT_TRUE(ledger.ok());
    ledger_.emplace(std::move(ledger).value());
  }
  Result<SwapOutcome> Apply(const std::string& text) {
    const auto fault = ParseFault(text);
    EXPECT_TRUE(fault.ok()) << fault.Message();
    return ApplyFileFault(fault.value(), targets_, *ledger_);
  }
  std::vector<LedgerEntry> Entries() { return ReadLedger(In("ledger")).value(); }

  FileTargets targets_;
  std::string wal_, shm_;
  std::optional<Ledger> ledger_;
};

TEST_F(ApplyTest, ASwapAsItStandsInACard) {
  const FileIdentity wal = Identity(wal_);
  const FileIdentity shm = Identity(shm_);
  const auto outcome = Apply("swap db by=rename_over keep=wal stale=shm");
  ASSERT_TRUE(outcome.ok()) << outcome.Message();
  EXPECT_TRUE(outcome.value().Replaced());
  EXPECT_TRUE(Identity(wal_).SameFile(wal));
  EXPECT_FALSE(Identity(shm_).SameFile(shm));
  const auto entries = Entries();
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].event, "fired");
  EXPECT_EQ(entries[0].fault, "swap db by=rename_over keep=wal stale=shm");
  EXPECT_EQ(entries[1].event, "done");
  EXPECT_EQ(entries[1].detail,
            outcome.value().before.Text() + " -> " + outcome.value().after.Text());
}

TEST_F(ApplyTest, EveryWayOfSwapping) {
  for (const char* text : {
           "swap db by=copy_over",
           "swap db by=symlink keep=wal",
           "swap db by=hard_link",
           "swap db by=unlink_recreate reuse_inode=yes keep=none",
           "swap db by=litestream_restore",
           "swap db by=litestream_restore keep=wal",
           "swap db by=move_away",
           "swap db by=move_back",
           "swap db by=rename_over",
       }) {
    const auto outcome = Apply(text);
    EXPECT_TRUE(outcome.ok()) << outcome.Message();
  }
  EXPECT_EQ(ContentOf(targets_.database), "new");
  std::filesystem::create_directory(In("live"));
  std::filesystem::create_directory(In("next"));
  targets_ = {.database = Make("live/app.db", "old"),
              .replacement = "",
              .replacement_directory = In("next"),
              .parked = In("parked"),
              .link = ""};
  (void)Make("next/app.db", "newer");
  const auto outcome = Apply("swap db by=rename_directory atomic=yes");
  ASSERT_TRUE(outcome.ok()) << outcome.Message();
  EXPECT_EQ(ContentOf(targets_.database), "newer");
}

TEST_F(ApplyTest, SingleFiles) {
  EXPECT_EQ(Apply("truncate wal to=3").value().after.size, 3);
  EXPECT_TRUE(Apply("touch db").ok());
  EXPECT_TRUE(Apply("poke db offset=1 bytes=2D").ok());
  EXPECT_EQ(ContentOf(targets_.database), "o-d");
  EXPECT_EQ(Apply("link db as=hard").value().after.links, 2u);
  EXPECT_TRUE(Apply("replace shm").value().Replaced());
  EXPECT_FALSE(Apply("remove shm").value().after.exists);
  EXPECT_FALSE(Apply("remove db keep=wal").value().after.exists);
  EXPECT_EQ(ContentOf(wal_), "old");
}

TEST_F(ApplyTest, WhatIsRefusedChangesNothingAndIsNotInTheLedger) {
  for (const char* text : {
           "swap db",                                    // by what?
           "swap wal by=rename_over",                    // not a sidecar
           "swap db by=copy_over atomic=yes",            // nothing reads atomic there
           "swap db by=rename_over keep=wal stale=wal",  // both
           "truncate db",                                // to what?
           "touch database",                             // what is that?
           "replace db",                                 // swap it
           "remove wal keep=shm",                        // the lists are for db
           "swap db by=rename_over counter=same",        // nothing is copied
           "swap db by=backup_restore keep=wal",         // SQLite deals with them
           "poke db bytes=00",                           // where?
           "poke db offset=0",                           // what?
           "link db",                                    // as what?
           "kill worker:1",                              // not a file fault
       }) {
    EXPECT_FALSE(Apply(text).ok()) << text;
  }
  EXPECT_TRUE(Entries().empty());
  EXPECT_EQ(ContentOf(targets_.database), "old");
  EXPECT_EQ(ContentOf(wal_), "old wal");
}

TEST_F(ApplyTest, AFailureIsInTheLedgerToo) {
  EXPECT_EQ(Apply("truncate journal to=0").error().error, ENOENT);
  const auto entries = Entries();
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[1].event, "failed");
}

TEST_F(ApplyTest, WhatCannotBeRecordedDoesNotHappen) {
  auto full = Ledger::Open("/dev/full");
  ASSERT_TRUE(full.ok());
  const auto outcome =
      ApplyFileFault(ParseFault("swap db by=rename_over").value(), targets_, full.value());
  EXPECT_EQ(outcome.error().error, ENOSPC);
  EXPECT_EQ(ContentOf(targets_.database), "old");
}

TEST(FileFaultKinds, AreTheSevenOfThisFolder) {
  int count = 0;
  for (const auto& kind : AllFaultKinds()) {
    count += IsFileFault(Fault{std::string(kind.name), "db", {}, Lasting::kUnsaid});
  }
  EXPECT_EQ(count, 7);
}

}  // namespace
}  // namespace faults
