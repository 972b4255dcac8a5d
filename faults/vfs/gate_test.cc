// A gate holds a real commit of a real process. Nothing here is decided by how long something
// takes: the deadlines only end a test that is broken.

#include "faults/vfs/gate.h"

#include <sqlite3.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>

#include "faults/file/test_files.h"
#include "faults/ledger.h"
#include "faults/vfs/gate_wire.h"
#include "faults/vfs/test_child.h"

namespace faults {
namespace {

using std::chrono::seconds;
using testing::Child;

constexpr seconds kPatience{60};

class GateTest : public testing::ScratchTest {
 protected:
  void SetUp() override {
    ScratchTest::SetUp();
    database_ = In("app.db");
    auto gate = Gate::Create(scratch_, "g");
    ASSERT_TRUE(gate.ok()) << gate.Message();
    gate_.emplace(std::move(gate).value());
  }
  void TearDown() override {
    CloseReader();
    gate_.reset();
    ScratchTest::TearDown();
  }

  void CloseReader() {
    sqlite3_close(reader_);
    reader_ = nullptr;
  }
  // The first value of the first row, read by this process, which has no shim; "busy" for
  // SQLITE_BUSY.
  std::string Read(const std::string& sql, const std::string& file = "") {
    const std::string& path = file.empty() ? database_ : file;
    if (reader_ == nullptr && sqlite3_open(path.c_str(), &reader_) != SQLITE_OK) return "open";
    sqlite3_stmt* statement = nullptr;
    std::string value;
    int rc = sqlite3_prepare_v2(reader_, sql.c_str(), -1, &statement, nullptr);
    if (rc == SQLITE_OK) rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW) {
      value = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
    } else {
      value = (rc & 0xff) == SQLITE_BUSY ? "busy" : "error " + std::to_string(rc);
    }
    sqlite3_finalize(statement);
    return value;
  }
  std::string Count() { return Read("SELECT count(*) FROM t"); }

  GateArrival Reached() {
    auto arrival = gate_->WaitReached(kPatience);
    EXPECT_TRUE(arrival.ok()) << arrival.Message();
    return arrival.ok() ? arrival.value() : GateArrival{};
  }
  // "@SELECT fault_arm('gate w dir=... at=...')"
  [[nodiscard]] std::string Arm(const std::string& where) const {
    return "@SELECT fault_arm('" + gate_->FaultText("w", where) + "')";
  }
  std::vector<LedgerEntry> Entries() {
    auto entries = ReadLedger(In("ledger"));
    return entries.ok() ? entries.value() : std::vector<LedgerEntry>{};
  }

  std::string database_;
  std::optional<Gate> gate_;
  sqlite3* reader_ = nullptr;
};

const char* const kCreate = "CREATE TABLE t(x)";
const char* const kInsert = "INSERT INTO t VALUES(randomblob(100))";

TEST_F(GateTest, HoldsAWalCommitBetweenItsFramesAndItsHeader) {
  for (const char* when : {"before", "after"}) {
    SCOPED_TRACE(when);
    std::filesystem::remove(In("ledger"));
    // Armed after one commit: the first sync of a new WAL is that of its header, not of a commit.
    Child child(FAULT_VFS, database_,
                {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "DROP TABLE IF EXISTS t",
                 kCreate, kInsert, Arm(std::string("at=vfs.sync.wal when=") + when), kInsert,
                 "SELECT count(*) FROM t"},
                "", In("ledger"));
    const GateArrival arrival = Reached();
    EXPECT_EQ(arrival.pid, child.pid());
    EXPECT_EQ(arrival.site, "vfs.sync.wal");
    EXPECT_EQ(arrival.when, when);
    EXPECT_EQ(arrival.path, database_ + "-wal");

    // The frames are in the file: what SQLite would recover from it is the new state.
    std::filesystem::copy_file(database_, In("copy.db"));
    std::filesystem::copy_file(database_ + "-wal", In("copy.db-wal"));
    EXPECT_EQ(Count(), "1") << "held: a reader must see the old state";
    const auto entries = Entries();
    ASSERT_EQ(entries.size(), 1u) << "recorded before it took effect";
    EXPECT_EQ(entries[0].event, "held");
    EXPECT_EQ(entries[0].site, "vfs.sync.wal");

    ASSERT_TRUE(gate_->Release().ok());
    EXPECT_NE(child.Finish().find("ok 2\n"), std::string::npos);
    EXPECT_EQ(Count(), "2");
    EXPECT_EQ(Entries().back().event, "released");

    CloseReader();
    EXPECT_EQ(Read("SELECT count(*) FROM t", In("copy.db")), "2")
        << "the frames of the held commit were written";
    CloseReader();
    for (const char* name : {"copy.db", "copy.db-wal", "copy.db-shm"}) {
      std::filesystem::remove(In(name));
    }
  }
}

TEST_F(GateTest, HoldsAWalCommitBetweenTheTwoCopiesOfItsHeader) {
  Child child(
      FAULT_VFS, database_,
      {"PRAGMA journal_mode=WAL", kCreate, kInsert, Arm("at=vfs.barrier.shm always"), kInsert});
  // A commit passes several barriers; at one of them the second copy of the header is new and the
  // first is old (the copies are the first 48 bytes and the 48 behind them, walformat.html
  // section 2.1).
  for (bool torn = false; !torn;) {
    ASSERT_EQ(Reached().site, "vfs.barrier.shm") << "no barrier of the commit had a torn header";
    const std::string shm = ContentOf(database_ + "-shm");
    ASSERT_GE(shm.size(), 96u);
    torn = shm.substr(0, 48) != shm.substr(48, 48);
    if (!torn) {
      ASSERT_TRUE(gate_->Release().ok());
    }
  }
  gate_.reset();  // lets it through here and at what barriers are left
  child.Finish();
  EXPECT_EQ(child.status(), 0);
  EXPECT_EQ(Count(), "2");
}

TEST_F(GateTest, HoldsADeleteModeCommitAtTheJournal) {
  Child child(
      FAULT_VFS, database_,
      {"PRAGMA journal_mode=DELETE", kCreate, kInsert, Arm("at=vfs.delete.journal"), kInsert});
  EXPECT_EQ(Reached().path, database_ + "-journal");
  EXPECT_TRUE(Identity(database_ + "-journal").exists);
  EXPECT_EQ(Count(), "busy") << "the writer holds EXCLUSIVE until the journal is gone";
  ASSERT_TRUE(gate_->Release().ok());
  child.Finish();
  EXPECT_EQ(child.status(), 0);
  EXPECT_EQ(Count(), "2");
}

TEST_F(GateTest, AWriterKilledAtTheJournalIsRolledBack) {
  Child child(
      FAULT_VFS, database_,
      {"PRAGMA journal_mode=DELETE", kCreate, kInsert, Arm("at=vfs.delete.journal"), kInsert});
  (void)Reached();
  child.Kill();
  child.Finish();
  EXPECT_EQ(Count(), "1");
  EXPECT_EQ(Read("PRAGMA integrity_check"), "ok");
  EXPECT_EQ(gate_->Release().error().error, EPIPE) << "the controller learns that it died";
}

TEST_F(GateTest, HoldsTruncateAndPersistCommitsAtTheirJournal) {
  struct Case {
    const char* mode;
    const char* where;
  };
  // PERSIST ends a transaction by overwriting the journal's header.
  for (const auto& [mode, where] : {Case{"TRUNCATE", "at=vfs.truncate.journal"},
                                    Case{"PERSIST", "at=vfs.write.journal detail=0+28"}}) {
    SCOPED_TRACE(mode);
    Child child(FAULT_VFS, database_,
                {std::string("PRAGMA journal_mode=") + mode, "DROP TABLE IF EXISTS t", kCreate,
                 kInsert, Arm(where), kInsert});
    (void)Reached();
    EXPECT_EQ(Count(), "busy");
    ASSERT_TRUE(gate_->Release().ok());
    child.Finish();
    EXPECT_EQ(child.status(), 0);
    EXPECT_EQ(Count(), "2");
  }
}

TEST_F(GateTest, HoldsAtALockLevel) {
  Child child(FAULT_VFS, database_,
              {kCreate, Arm("at=vfs.lock.db detail=exclusive when=after"), kInsert});
  EXPECT_EQ(Reached().detail, "exclusive");
  EXPECT_EQ(Count(), "busy");
  ASSERT_TRUE(gate_->Release().ok());
  child.Finish();
  EXPECT_EQ(Count(), "1");
}

TEST_F(GateTest, FromTheEnvironmentAndForEachOccurrence) {
  Child child(FAULT_VFS, database_, {kCreate, kInsert, kInsert, kInsert},
              gate_->FaultText("w", "at=vfs.delete.journal nth=2 always"), In("ledger"));
  for (const int64_t occurrence : {2, 3, 4}) {
    EXPECT_EQ(Reached().occurrence, occurrence);
    EXPECT_EQ(gate_->held(), 1u);
    ASSERT_TRUE(gate_->Release().ok());
  }
  child.Finish();
  EXPECT_EQ(child.status(), 0);
  EXPECT_EQ(Entries().size(), 6u) << "held and released, three times";
  EXPECT_EQ(gate_->WaitReached(std::chrono::milliseconds(0)).error().error, ETIMEDOUT);
}

TEST_F(GateTest, SilentWhenOff) {
  Child child(FAULT_VFS, database_,
              {"PRAGMA journal_mode=WAL", kCreate, Arm("at=vfs.sync.*"), "@SELECT fault_disarm()",
               kInsert, "PRAGMA wal_checkpoint(TRUNCATE)", "@SELECT fault_vfs_calls()"},
              "", In("ledger"));
  const std::string output = child.Finish();
  EXPECT_EQ(child.status(), 0) << output;
  EXPECT_EQ(gate_->WaitReached(std::chrono::milliseconds(0)).error().error, ETIMEDOUT);
  EXPECT_TRUE(Entries().empty());
  // The calls went through the shim all the same: silence, not absence.
  for (const char* site : {"vfs.open.db", "vfs.write.wal", "vfs.sync.wal", "vfs.sync.db",
                           "vfs.map.shm", "vfs.lock.shm", "vfs.barrier.shm"}) {
    EXPECT_NE(output.find(std::string("\"") + site + "\":"), std::string::npos) << site << output;
  }
}

TEST_F(GateTest, WithoutAControllerNobodyIsHeldAndTheLedgerSaysSo) {
  const std::string fault = gate_->FaultText("w", "at=vfs.delete.journal");
  gate_.reset();
  EXPECT_FALSE(Identity(In("g.gate")).exists) << "the controller removes its file";
  Child child(FAULT_VFS, database_, {kCreate, kInsert}, fault, In("ledger"));
  child.Finish();
  EXPECT_EQ(child.status(), 0);
  ASSERT_EQ(Entries().size(), 1u);
  EXPECT_EQ(Entries()[0].event, "passed");
}

TEST_F(GateTest, WhenTheControllerGoesTheHeldProcessGoesOn) {
  Child child(FAULT_VFS, database_, {kCreate, kInsert},
              gate_->FaultText("w", "at=vfs.delete.journal"), In("ledger"));
  (void)Reached();
  gate_.reset();
  child.Finish();
  EXPECT_EQ(child.status(), 0);
  EXPECT_EQ(Entries().back().event, "passed");
}

TEST_F(GateTest, TwoProcessesAtOneGateAreReleasedInTheOrderTheyCame) {
  const std::string fault = gate_->FaultText("w", "at=vfs.open.db");
  Child first(FAULT_VFS, database_, {}, fault);
  EXPECT_EQ(Reached().pid, first.pid());
  Child second(FAULT_VFS, database_, {}, fault);
  EXPECT_EQ(Reached().pid, second.pid());
  EXPECT_EQ(gate_->held(), 2u);
  ASSERT_TRUE(gate_->Release().ok());
  first.Finish();
  EXPECT_EQ(first.status(), 0);
  ASSERT_TRUE(gate_->Release().ok());
  second.Finish();
  EXPECT_EQ(second.status(), 0);
  EXPECT_EQ(gate_->Release().error().error, ENOENT);
}

TEST_F(GateTest, OneThatHasComeAndSpeaksLateIsNotLost) {
  const vfs::GateAddress address(scratch_, "g");
  const int late = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  ASSERT_EQ(connect(late, address.get(), vfs::GateAddress::size()), 0);
  EXPECT_EQ(gate_->WaitReached(std::chrono::milliseconds(0)).error().error, ETIMEDOUT);
  vfs::GateArrival arrival;
  arrival.pid = 4711;
  const std::string packet = arrival.Packet();
  ASSERT_EQ(send(late, packet.data(), packet.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(packet.size()));
  EXPECT_EQ(Reached().pid, 4711);
  ASSERT_TRUE(gate_->Release().ok());
  char byte = 0;
  EXPECT_EQ(recv(late, &byte, 1, 0), 1);
  close(late);
}

TEST_F(GateTest, AGateThatCannotBeRecordedDoesNotHold) {
  Child child(FAULT_VFS, database_, {kCreate, kInsert},
              gate_->FaultText("w", "at=vfs.delete.journal"), "/dev/full");
  child.Finish();
  EXPECT_EQ(child.status(), 0);
}

TEST_F(GateTest, AWrongGateRefusesTheLoad) {
  struct Case {
    std::string gates;
    const char* reason;
  };
  for (const auto& [gates, reason] :
       {Case{"gate w at=vfs.snyc.wal dir=/tmp",
             "there is no site 'vfs.snyc.wal' (nearest: 'vfs.sync.wal')"},
        Case{"gate w at=vfs.sync.wal", "the key 'dir' is missing"},
        Case{"gat w", "column 1: there is no fault kind 'gat' (nearest: 'gate')"},
        Case{"kill w", "the VFS does not carry out 'kill'"}}) {
    Child child(FAULT_VFS, database_, {}, gates);
    const std::string output = child.Finish();
    EXPECT_NE(output.find(reason), std::string::npos) << output;
    EXPECT_EQ(WEXITSTATUS(child.status()), 1);
  }
}

TEST_F(GateTest, ALedgerThatCannotBeOpenedRefusesTheLoad) {
  Child child(FAULT_VFS, database_, {}, "", In("none/ledger"));
  EXPECT_NE(child.Finish().find("open ledger"), std::string::npos);
  EXPECT_EQ(WEXITSTATUS(child.status()), 1);
}

TEST_F(GateTest, TheNameIsTakenOnce) {
  EXPECT_EQ(Gate::Create(scratch_, "g").error().error, EADDRINUSE);
  EXPECT_EQ(Gate::Create(In("none"), "g").error().error, ENOENT);
  EXPECT_EQ(Gate::Create(scratch_, std::string(200, 'x')).error().error, ENAMETOOLONG);
}

TEST_F(GateTest, ADeepDirectoryIsNoProblem) {
  std::string deep = scratch_;
  for (int i = 0; i < 10; ++i) deep += "/a-name-of-twenty-four-x";
  std::filesystem::create_directories(deep);
  auto gate = Gate::Create(deep, "g");
  ASSERT_TRUE(gate.ok()) << gate.Message();
  Child child(FAULT_VFS, database_, {kCreate},
              gate.value().FaultText("w", "at=vfs.delete.journal"));
  ASSERT_TRUE(gate.value().WaitReached(kPatience).ok());
  ASSERT_TRUE(gate.value().Release().ok());
  child.Finish();
  EXPECT_EQ(child.status(), 0);
}

}  // namespace
}  // namespace faults
