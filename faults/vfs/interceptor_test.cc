// The gated side without SQLite: counting, matching, and threads that do not stand in each other's
// way.

#include "faults/vfs/interceptor.h"

#include <gmock/gmock.h>

#include <cerrno>
#include <thread>

#include "faults/file/test_files.h"
#include "faults/ledger.h"
#include "faults/vfs/gate.h"

namespace faults::vfs {
namespace {

constexpr Site kSyncWal{Call::kSync, FileKind::kWal};
constexpr Site kWriteDb{Call::kWrite, FileKind::kDb};
constexpr std::chrono::seconds kPatience{60};

std::string Nothing() { return ""; }

class InterceptorTest : public testing::ScratchTest {
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
  Status Arm(const std::string& where) { return ArmText(gate_->FaultText("w", where)); }
  Status ArmText(const std::string& text) {
    const auto faults = ParseFaults(text);
    if (!faults.ok()) return faults.error();
    const auto armed = interceptor_.Arm(faults.value());
    return armed.ok() ? Status() : armed.error();
  }
  // Calls the site in a thread and says whether somebody came to the gate, who is released.
  bool Holds(Site site, const char* path, const std::string& detail) {
    std::atomic<bool> done{false};
    std::thread caller([&] {
      (void)interceptor_.Before({.site = site, .path = path}, [&] { return detail; });
      (void)interceptor_.After({.site = site, .path = path}, [&] { return detail; });
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

  Interceptor interceptor_;
  std::optional<Gate> gate_;
};

TEST_F(InterceptorTest, CountsEveryCall) {
  EXPECT_EQ(interceptor_.CountsJson(), "{}");
  (void)interceptor_.Before({.site = kSyncWal, .path = nullptr}, Nothing);
  (void)interceptor_.Before({.site = kSyncWal, .path = nullptr}, Nothing);
  (void)interceptor_.After({.site = kSyncWal, .path = nullptr}, Nothing);
  (void)interceptor_.Before({.site = kWriteDb, .path = nullptr}, Nothing);
  EXPECT_EQ(interceptor_.Count(kSyncWal), 2);
  EXPECT_EQ(interceptor_.CountsJson(), R"({"vfs.write.db":1,"vfs.sync.wal":2})");
}

TEST_F(InterceptorTest, OnlyWhatMatchesIsHeldAndCounted) {
  ASSERT_TRUE(Arm("at=vfs.*.wal path=*/app.db-wal detail=32+* nth=2").ok());
  EXPECT_FALSE(Holds(kSyncWal, "/x/app.db-wal", "32+24")) << "the first match";
  EXPECT_FALSE(Holds(kWriteDb, "/x/app.db-wal", "32+24")) << "another file kind";
  EXPECT_FALSE(Holds(kSyncWal, "/x/other.db-wal", "32+24")) << "another path";
  EXPECT_FALSE(Holds(kSyncWal, nullptr, "32+24")) << "no path";
  EXPECT_FALSE(Holds(kSyncWal, "/x/app.db-wal", "0+32")) << "another detail";
  EXPECT_TRUE(Holds(kSyncWal, "/x/app.db-wal", "32+4096")) << "the second match";
  EXPECT_FALSE(Holds(kSyncWal, "/x/app.db-wal", "32+4096")) << "once is once";
}

TEST_F(InterceptorTest, SilentAfterClear) {
  ASSERT_TRUE(Arm("at=vfs.sync.wal always").ok());
  EXPECT_TRUE(Holds(kSyncWal, "/x", ""));
  EXPECT_EQ(interceptor_.Disarm(), 1u);
  EXPECT_FALSE(Holds(kSyncWal, "/x", ""));
}

TEST_F(InterceptorTest, OthersPassWhileOneIsHeld) {
  ASSERT_TRUE(Arm("at=vfs.sync.wal").ok());
  std::thread held([&] { (void)interceptor_.Before({.site = kSyncWal, .path = "/x"}, Nothing); });
  ASSERT_TRUE(gate_->WaitReached(kPatience).ok());
  // If the held thread kept the lock, this would never return.
  (void)interceptor_.Before({.site = kSyncWal, .path = "/x"}, Nothing);
  (void)interceptor_.After({.site = kWriteDb, .path = "/x"}, Nothing);
  EXPECT_EQ(interceptor_.Disarm(), 1u);
  ASSERT_TRUE(gate_->Release().ok());
  held.join();
}

TEST_F(InterceptorTest, ErrnoOfTheCallSurvivesTheGate) {
  ASSERT_TRUE(Arm("at=vfs.sync.wal when=after").ok());
  gate_.reset();  // nobody listens: connecting fails, with an errno of its own
  errno = EDQUOT;
  (void)interceptor_.After({.site = kSyncWal, .path = "/x"}, Nothing);
  EXPECT_EQ(errno, EDQUOT);
}

TEST_F(InterceptorTest, AnErrorIsTheCallsResultAndRecordedBefore) {
  auto ledger = Ledger::Open(In("ledger"));
  ASSERT_TRUE(ledger.ok());
  interceptor_.SetLedger(std::move(ledger).value());
  ASSERT_TRUE(ArmText("io_error w at=vfs.sync.* nth=2 error=EIO once").ok());
  const auto sync = [&] { return interceptor_.Before({.site = kSyncWal, .path = "/x"}, Nothing); };
  EXPECT_EQ(sync().what, Effect::What::kForward);
  const Effect effect = sync();
  EXPECT_EQ(effect.what, Effect::What::kFail);
  EXPECT_EQ(effect.code, 1034);
  EXPECT_EQ(effect.error, EIO);
  EXPECT_EQ(sync().what, Effect::What::kForward);
  EXPECT_EQ(interceptor_.Fired(), 1);
  const auto entries = ReadLedger(In("ledger"));
  ASSERT_TRUE(entries.ok());
  ASSERT_EQ(entries.value().size(), 1u);
  EXPECT_EQ(entries.value()[0].event, "fired");
  EXPECT_EQ(entries.value()[0].site, "vfs.sync.wal");
  EXPECT_EQ(entries.value()[0].occurrence, 2);
  EXPECT_EQ(entries.value()[0].detail, "EIO is SQLITE_IOERR_FSYNC");
}

TEST_F(InterceptorTest, WhatCannotBeRecordedDoesNotHappen) {
  auto ledger = Ledger::Open("/dev/full");
  ASSERT_TRUE(ledger.ok());
  interceptor_.SetLedger(std::move(ledger).value());
  ASSERT_TRUE(ArmText("io_error w at=vfs.sync.* always; short_io w at=vfs.write.* always;"
                      "deny_lock w at=vfs.lock.* always; delay w at=vfs.size.* for_ms=1 always")
                  .ok());
  for (const Site site : {kSyncWal, kWriteDb, Site{Call::kLock, FileKind::kDb}}) {
    const Effect effect = interceptor_.Before({.site = site, .bytes = 100}, Nothing);
    EXPECT_EQ(effect.what, Effect::What::kForward) << site.Name();
  }
  EXPECT_EQ(interceptor_.Fired(), 0);
}

TEST_F(InterceptorTest, CallsThatCannotFailAreNeitherStruckNorCounted) {
  ASSERT_TRUE(ArmText("io_error w at=vfs.* nth=2 once").ok());
  const auto before = [&](Call call, FileKind file) {
    return interceptor_.Before({.site = {call, file}}, Nothing).what;
  };
  EXPECT_EQ(before(Call::kSize, FileKind::kDb), Effect::What::kForward) << "the first";
  EXPECT_EQ(before(Call::kBarrier, FileKind::kShm), Effect::What::kForward);
  EXPECT_EQ(before(Call::kClose, FileKind::kDb), Effect::What::kForward);
  EXPECT_EQ(before(Call::kControl, FileKind::kDb), Effect::What::kForward);
  EXPECT_EQ(before(Call::kSize, FileKind::kDb), Effect::What::kFail) << "the second";
}

TEST_F(InterceptorTest, AFaultForAnotherProcessIsNotArmed) {
  interceptor_.SetDice({.seed = 0, .process = "writer:1"});
  const auto faults = ParseFaults(
      "io_error reader:* at=vfs.sync.db once; io_error writer:* at=vfs.size.db once;"
      "io_error * at=vfs.read.db once");
  ASSERT_TRUE(faults.ok());
  const auto armed = interceptor_.Arm(faults.value());
  ASSERT_TRUE(armed.ok());
  EXPECT_EQ(armed.value(), 2);
  const auto fails = [&](Call call) {
    return interceptor_.Before({.site = {call, FileKind::kDb}}, Nothing).what ==
           Effect::What::kFail;
  };
  EXPECT_FALSE(fails(Call::kSync));
  EXPECT_TRUE(fails(Call::kSize));
  EXPECT_TRUE(fails(Call::kRead));
}

TEST_F(InterceptorTest, RefusalsNameTheThingAndArmNothing) {
  const auto refusal = [&](const std::string& text) {
    const Status status = ArmText("io_error w at=vfs.sync.db once;" + text);
    EXPECT_FALSE(status.ok()) << text;
    EXPECT_EQ(interceptor_.Disarm(), 0u) << "all or none: " << text;
    return status.Message();
  };
  using ::testing::HasSubstr;
  EXPECT_THAT(refusal("io_error w once"), HasSubstr("the key 'at' is missing"));
  EXPECT_THAT(refusal("io_error w at=vfs.sink.wal once"), HasSubstr("nearest: 'vfs.sync.wal'"));
  EXPECT_THAT(refusal("io_error w at=vfs.barrier.shm once"),
              HasSubstr("names no call that can fail"));
  EXPECT_THAT(refusal("io_error w at=vfs.lock.db when=after once"),
              HasSubstr("names no call that can do its work and fail"));
  EXPECT_THAT(refusal("short_io w at=vfs.sync.wal once"), HasSubstr("transfers bytes"));
  EXPECT_THAT(refusal("deny_lock w at=vfs.read.db once"), HasSubstr("takes a lock"));
  EXPECT_THAT(refusal("delay w at=vfs.read.db once"), HasSubstr("'for_ms' is missing"));
  EXPECT_THAT(refusal("gate w at=vfs.read.db"), HasSubstr("'dir' is missing"));
  EXPECT_THAT(refusal("swap db by=rename_over"), HasSubstr("does not carry out 'swap'"));
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
