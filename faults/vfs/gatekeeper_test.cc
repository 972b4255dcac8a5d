// The gated side without SQLite: counting, matching, and threads that do not stand in each other's
// way.

#include "faults/vfs/gatekeeper.h"

#include <cerrno>
#include <thread>

#include "faults/file/test_files.h"
#include "faults/vfs/gate.h"

namespace faults::vfs {
namespace {

constexpr Site kSyncWal{Call::kSync, FileKind::kWal};
constexpr Site kWriteDb{Call::kWrite, FileKind::kDb};
constexpr std::chrono::seconds kPatience{60};

std::string Nothing() { return ""; }

class GatekeeperTest : public testing::ScratchTest {
 protected:
  void SetUp() override {
    ScratchTest::SetUp();
    auto gate = Gate::Create(scratch_, "g");
    ASSERT_TRUE(gate.ok()) << gate.Message();
    gate_.emplace(std::move(gate).value());
  }
  void TearDown() override {
    gate_.reset();
    ScratchTest::TearDown();
  }
  Status Arm(const std::string& where) {
    const auto fault = ParseFault(gate_->FaultText("w", where));
    return fault.ok() ? keeper_.Arm(fault.value()) : Status(fault.error());
  }
  // Calls the site in a thread and says whether somebody came to the gate, who is released.
  bool Holds(Site site, const char* path, const std::string& detail) {
    std::atomic<bool> done{false};
    std::thread caller([&] {
      keeper_.Before(site, path, [&] { return detail; });
      keeper_.After(site, path, [&] { return detail; });
      done = true;
    });
    // Either the thread ends or it arrives; no time decides which.
    bool reached = false;
    while (!done && !reached) reached = gate_->WaitReached(std::chrono::milliseconds(1)).ok();
    if (!reached) reached = gate_->WaitReached(std::chrono::milliseconds(0)).ok();
    if (reached && !gate_->Release().ok()) ADD_FAILURE() << "the held thread is gone";
    caller.join();
    return reached;
  }

  Gatekeeper keeper_;
  std::optional<Gate> gate_;
};

TEST_F(GatekeeperTest, CountsEveryCall) {
  EXPECT_EQ(keeper_.CountsJson(), "{}");
  keeper_.Before(kSyncWal, nullptr, Nothing);
  keeper_.Before(kSyncWal, nullptr, Nothing);
  keeper_.After(kSyncWal, nullptr, Nothing);
  keeper_.Before(kWriteDb, nullptr, Nothing);
  EXPECT_EQ(keeper_.Count(kSyncWal), 2);
  EXPECT_EQ(keeper_.CountsJson(), R"({"vfs.write.db":1,"vfs.sync.wal":2})");
}

TEST_F(GatekeeperTest, OnlyWhatMatchesIsHeldAndCounted) {
  ASSERT_TRUE(Arm("at=vfs.*.wal path=*/app.db-wal detail=32+* nth=2").ok());
  EXPECT_FALSE(Holds(kSyncWal, "/x/app.db-wal", "32+24")) << "the first match";
  EXPECT_FALSE(Holds(kWriteDb, "/x/app.db-wal", "32+24")) << "another file kind";
  EXPECT_FALSE(Holds(kSyncWal, "/x/other.db-wal", "32+24")) << "another path";
  EXPECT_FALSE(Holds(kSyncWal, nullptr, "32+24")) << "no path";
  EXPECT_FALSE(Holds(kSyncWal, "/x/app.db-wal", "0+32")) << "another detail";
  EXPECT_TRUE(Holds(kSyncWal, "/x/app.db-wal", "32+4096")) << "the second match";
  EXPECT_FALSE(Holds(kSyncWal, "/x/app.db-wal", "32+4096")) << "once is once";
}

TEST_F(GatekeeperTest, SilentAfterClear) {
  ASSERT_TRUE(Arm("at=vfs.sync.wal always").ok());
  EXPECT_TRUE(Holds(kSyncWal, "/x", ""));
  EXPECT_EQ(keeper_.Clear(), 1u);
  EXPECT_FALSE(Holds(kSyncWal, "/x", ""));
}

TEST_F(GatekeeperTest, OthersPassWhileOneIsHeld) {
  ASSERT_TRUE(Arm("at=vfs.sync.wal").ok());
  std::thread held([&] { keeper_.Before(kSyncWal, "/x", Nothing); });
  ASSERT_TRUE(gate_->WaitReached(kPatience).ok());
  // If the held thread kept the lock, this would never return.
  keeper_.Before(kSyncWal, "/x", Nothing);
  keeper_.After(kWriteDb, "/x", Nothing);
  EXPECT_EQ(keeper_.Clear(), 1u);
  ASSERT_TRUE(gate_->Release().ok());
  held.join();
}

TEST_F(GatekeeperTest, ErrnoOfTheCallSurvivesTheGate) {
  ASSERT_TRUE(Arm("at=vfs.sync.wal when=after").ok());
  gate_.reset();  // nobody listens: connecting fails, with an errno of its own
  errno = EDQUOT;
  keeper_.After(kSyncWal, "/x", Nothing);
  EXPECT_EQ(errno, EDQUOT);
}

TEST(GateArrivalPacket, RoundTripsAndRefusesNonsense) {
  const GateArrival arrival{.pid = 42,
                            .site = "vfs.sync.wal",
                            .when = "after",
                            .occurrence = 7,
                            .path = "/a b/\n.db-wal",
                            .detail = ""};
  const auto back = GateArrival::FromPacket(arrival.Packet());
  ASSERT_TRUE(back.ok()) << back.Message();
  EXPECT_EQ(back.value().pid, 42);
  EXPECT_EQ(back.value().occurrence, 7);
  EXPECT_EQ(back.value().path, "/a b/\n.db-wal");
  EXPECT_FALSE(GateArrival::FromPacket("hello").ok());
  EXPECT_FALSE(GateArrival::FromPacket("").ok());
}

}  // namespace
}  // namespace faults::vfs
