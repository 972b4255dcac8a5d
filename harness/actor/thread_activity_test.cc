#include "harness/actor/thread_activity.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <thread>

namespace harness::actor {
namespace {

// A thread that computes while told to, and sleeps in short naps otherwise.
class Napper {
 public:
  Napper() : thread_([this](const std::stop_token& stop) { Run(stop); }) {
    tid_ = told_.get_future().get();
  }
  pid_t tid() const { return tid_; }
  void Compute(bool on) { computes_ = on; }

 private:
  void Run(const std::stop_token& stop) {
    told_.set_value(gettid());
    while (!stop.stop_requested()) {
      if (!computes_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  std::promise<pid_t> told_;
  std::atomic<bool> computes_{false};
  pid_t tid_ = 0;
  std::jthread thread_;
};

// Asks until so many rounds are over, or until a napping witness shows that the asking went on for
// long enough to matter.
bool Rests(RestCounter& rests, int64_t rounds, Napper& witness) {
  const LookCounter looks({witness.tid()});
  while (looks.Looks() < 50) {
    if (rests.Rounds() >= rounds) return true;
  }
  return false;
}

TEST(RestCounter, ThreadsThatSleepRest) {
  Napper one, two;
  RestCounter rests({one.tid(), two.tid()});
  while (rests.Rounds() < 4) {
  }
  RestCounter nobody({});
  EXPECT_EQ(nobody.Rounds(), 1);
}

TEST(RestCounter, AThreadAtWorkKeepsTheRoundOpen) {
  Napper worker, witness;
  worker.Compute(true);
  // Let it have left its last nap: from then on it does not sleep.
  int64_t before = -1;
  const LookCounter since({witness.tid()});
  while (since.Looks() < 5 || before != VoluntarySwitches(worker.tid())) {
    before = VoluntarySwitches(worker.tid());
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  RestCounter rests({worker.tid(), witness.tid()});
  EXPECT_FALSE(Rests(rests, 1, witness));
  worker.Compute(false);
  while (rests.Rounds() < 4) {
  }
}

TEST(LookCounter, CountsTheBusiestAndNoticesTheGone) {
  pid_t gone = 0;
  {
    Napper napper;
    gone = napper.tid();
    const LookCounter looks({napper.tid()});
    while (looks.Looks() < 3) {
    }
    EXPECT_TRUE(looks.Gone().empty());
  }
  EXPECT_EQ(LookCounter({gone}).Gone(), std::set<pid_t>{gone});
}

TEST(LookCounter, TakesALookForWholeWhenAllItsSleepsAreOver) {
  Napper napper;
  const LookCounter sleeps({napper.tid()});
  const LookCounter looks({napper.tid()}, 8);
  while (looks.Looks() < 2) {
  }
  EXPECT_GE(sleeps.Looks(), 16);
  EXPECT_EQ(SleepsOfALook("/proc"), 1);
  EXPECT_EQ(SleepsOfALook("/nowhere"), 1);
}

}  // namespace
}  // namespace harness::actor
