#include "scenarios/wake/stopping.h"

#include <chrono>
#include <csignal>
#include <fstream>
#include <string>
#include <thread>

#include "harness/base/patience.h"
#include "harness/run/locks.h"

namespace scenarios::wake {
namespace {

// Against a hang; no verdict rests on it.
constexpr int64_t kLimitMs = 120'000;
constexpr auto kPace = std::chrono::milliseconds(2);

}  // namespace

bool IsStopped(const harness::Actor& actor) {
  std::ifstream in("/proc/" + std::to_string(actor.pid()) + "/stat");
  std::string line;
  std::getline(in, line);
  const size_t name = line.rfind(')');  // may stand in the name, too
  return name != std::string::npos && name + 2 < line.size() && line[name + 2] == 'T';
}

void AwaitStopped(const harness::Actor& actor) {
  harness::Patience patience(kLimitMs);
  while (!IsStopped(actor)) {
    if (patience.IsOver({actor.pid()})) {
      throw harness::CellEnd(harness::CellVerdict::kUnknown, actor.process() + " was not stopped");
    }
    std::this_thread::sleep_for(kPace);
  }
}

void StopBesideWriters(harness::Stage& stage, harness::Actor& actor) {
  harness::Patience patience(kLimitMs);
  while (true) {
    stage.Signal(actor, SIGSTOP);
    AwaitStopped(actor);
    const bool wal = stage.Axis("journal") == "wal";
    if (wal || harness::LocksOf(actor.pid(), stage.Db()).items().empty()) return;
    stage.Signal(actor, SIGCONT);
    if (patience.IsOver({actor.pid()})) {
      throw harness::CellEnd(harness::CellVerdict::kUnknown,
                             actor.process() + " held a lock whenever it was stopped");
    }
    std::this_thread::sleep_for(kPace);
  }
}

}  // namespace scenarios::wake
