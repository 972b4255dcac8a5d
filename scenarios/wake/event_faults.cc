#include "scenarios/wake/event_faults.h"

#include <chrono>
#include <filesystem>
#include <thread>
#include <utility>

#include "faults/ledger.h"
#include "harness/base/patience.h"
#include "scenarios/steps.h"

namespace scenarios::wake {
namespace {

// Against a hang; no verdict rests on it.
constexpr int64_t kLimitMs = 120'000;
constexpr auto kPace = std::chrono::milliseconds(2);

// Not in the database's folder: what is written to the ledger is no event of that one, and not
// every file system lets pages be shared.
std::string MakeFolder(const Stage& stage) {
  std::string folder = stage.Aside("faults");
  std::error_code ignored;
  std::filesystem::create_directory(folder, ignored);
  return folder;
}

faults::libc::Control MakeControl(const std::string& path) {
  auto made = faults::libc::Control::Create(path);
  if (!made.ok()) throw harness::CellEnd(harness::CellVerdict::kError, made.Message());
  return std::move(made).value();
}

}  // namespace

EventFaults::EventFaults(Stage& stage)
    : stage_(stage), folder_(MakeFolder(stage)), control_(MakeControl(folder_ + "/page")) {}

std::map<std::string, std::string> EventFaults::EnvironmentOf(const std::string& process) const {
  return {{"LD_PRELOAD", stage_.environment().tools + "/libfault_preload.so"},
          {"FAULT_LIBC_CONTROL", control_.path()},
          {"FAULT_LEDGER", folder_ + "/ledger.jsonl"},
          {"FAULT_SEED", std::to_string(stage_.cell().RandomSeed())},
          {"FAULT_PROCESS", process}};
}

void EventFaults::Set(const std::string& text) {
  stage_.Fault(text, [&]() -> std::string {
    const faults::Status set = control_.Set(text);
    return set.ok() ? "" : set.Message();
  });
}

int64_t EventFaults::Count(const std::string& event) const {
  const auto entries = faults::ReadLedger(folder_ + "/ledger.jsonl");
  if (!entries.ok()) return 0;
  int64_t count = 0;
  for (const auto& entry : entries.value()) count += entry.event == event ? 1 : 0;
  return count;
}

void EventFaults::AwaitNothingHeld(Actor& watcher) {
  harness::Patience patience(kLimitMs);
  while (true) {
    ProveQuiet(watcher);  // what the kernel had has been read
    if (Count("released") >= Count("fired")) return;
    while (Count("released") < Count("fired")) {
      if (patience.IsOver({watcher.pid()})) {
        throw harness::CellEnd(
            harness::CellVerdict::kError,
            "held file events were not released: " + std::to_string(Count("released")) + " of " +
                std::to_string(Count("fired")));
      }
      std::this_thread::sleep_for(kPace);
    }
  }
}

void EventFaults::RecordEvidence(bool wanted) {
  const int64_t fired = Count("fired");
  stage_.Record("event_faults",
                Value::MakeObject({{"fired", fired}, {"released", Count("released")}}));
  if (wanted && fired == 0) {
    throw harness::CellEnd(harness::CellVerdict::kUnknown, "no file event was changed");
  }
}

}  // namespace scenarios::wake
