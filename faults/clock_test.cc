#include "faults/clock.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "faults/file/test_files.h"

namespace faults {
namespace {

class ClockTest : public testing::ScratchTest {
 protected:
  using ScratchTest::Make;
  Clock Make() {
    auto clock = Clock::Create(In("clock"));
    EXPECT_TRUE(clock.ok()) << clock.Message();
    return std::move(clock).value();
  }
};

TEST_F(ClockTest, RunsStepsStandsAndGoesOnFromThere) {
  Clock clock = Make();
  EXPECT_EQ(clock.At(1'000'000), 1'000'000) << "untouched, it is the real time";
  clock.StepMs(31'000);
  EXPECT_EQ(clock.At(1'000'000), 1'031'000);
  clock.StepMs(-40'000);
  EXPECT_EQ(clock.At(1'000'000), 991'000);
  clock.FreezeAtMs(5'000);
  EXPECT_TRUE(clock.frozen());
  EXPECT_EQ(clock.At(1'000'000), 5'000);
  EXPECT_EQ(clock.At(9'000'000), 5'000);
  clock.StepMs(500);
  EXPECT_EQ(clock.At(1), 5'500);
  clock.Resume();
  EXPECT_FALSE(clock.frozen());
  const int64_t goes_on = clock.At(RealTimeMs());
  EXPECT_GE(goes_on, 5'500);
  clock.Reset();
  EXPECT_EQ(clock.At(7), 7);
}

TEST_F(ClockTest, StandsAtTheMomentItIsFrozen) {
  Clock clock = Make();
  const int64_t before = RealTimeMs();
  clock.Freeze();
  const int64_t at = clock.NowMs();
  EXPECT_GE(at, before);
  EXPECT_LE(at, RealTimeMs());
  clock.Freeze();
  EXPECT_EQ(clock.NowMs(), at) << "it stands already";
}

TEST_F(ClockTest, AnotherProcessSeesTheStepAndMovesItToo) {
  Clock clock = Make();
  clock.FreezeAtMs(1'000);
  const pid_t child = fork();
  if (child == 0) {
    auto attached = Clock::Attach(In("clock"));
    if (!attached.ok() || attached.value().NowMs() != 1'000) _exit(1);
    attached.value().StepMs(234);
    _exit(0);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(clock.NowMs(), 1'234);
}

TEST_F(ClockTest, NoStepIsLost) {
  Clock clock = Make();
  clock.FreezeAtMs(0);
  std::thread other([&] {
    for (int i = 0; i < 10'000; ++i) clock.StepMs(1);
  });
  for (int i = 0; i < 10'000; ++i) clock.StepMs(1);
  other.join();
  EXPECT_EQ(clock.NowMs(), 20'000);
}

TEST_F(ClockTest, NothingIsLeftBehindByWhoMadeIt) {
  { const Clock clock = Make(); }
  EXPECT_EQ(FileCount(), 0u);
  {
    const Clock first = Make();
    EXPECT_FALSE(Clock::Create(In("clock")).ok());
  }
  EXPECT_EQ(FileCount(), 0u);
}

TEST_F(ClockTest, AnEmptyFileBecomesAClockAndStays) {
  (void)Make("given", "");
  {
    auto clock = Clock::Attach(In("given"));
    ASSERT_TRUE(clock.ok()) << clock.Message();
    clock.value().StepMs(5);
  }
  auto again = Clock::Attach(In("given"));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again.value().At(0), 5);
}

TEST_F(ClockTest, WhatIsNoClockIsRefusedAndLeftAlone) {
  using ::testing::HasSubstr;
  const auto none = Clock::Attach(In("none"));
  ASSERT_FALSE(none.ok());
  EXPECT_THAT(none.Message(), HasSubstr("make it first: an empty file is a clock"));
  const std::string database(64, 'x');
  const auto other = Clock::Attach(Make("other", database));
  ASSERT_FALSE(other.ok());
  EXPECT_THAT(other.Message(), HasSubstr("neither empty nor a clock"));
  EXPECT_EQ(ContentOf(In("other")), database);
}

}  // namespace
}  // namespace faults
