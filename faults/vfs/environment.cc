#include "faults/vfs/environment.h"

#include <charconv>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "faults/fault.h"
#include "faults/ledger.h"
#include "faults/vfs/process_clock.h"
#include "faults/vfs/shim.h"

namespace faults::vfs {
namespace {

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

Error In(const char* variable, Error error) {
  error.what = std::string(variable) + ": " + error.what;
  return error;
}

Result<Dice> ReadDice() {
  Dice dice{.seed = 0, .process = Variable("FAULT_PROCESS")};
  const std::string seed = Variable("FAULT_SEED");
  const auto [end, code] = std::from_chars(seed.data(), seed.data() + seed.size(), dice.seed);
  if (!seed.empty() && (code != std::errc() || end != seed.data() + seed.size())) {
    return Error{"FAULT_SEED", "", 0, "a decimal number must stand there, not '" + seed + "'"};
  }
  return dice;
}

Result<RecordWhat> ReadRecordWhat() {
  const std::string what = Variable("FAULT_RECORD_WHAT");
  if (what.empty() || what == "order") return RecordWhat::kOrder;
  if (what == "bytes") return RecordWhat::kBytes;
  if (what == "calls") return RecordWhat::kCalls;
  return Error{"FAULT_RECORD_WHAT", "", 0, "one of order, bytes, calls, not '" + what + "'"};
}

}  // namespace

Result<int> ArmText(const std::string& text) {
  const auto faults = ParseFaults(text);
  if (!faults.ok()) return faults.error();
  return TheInterceptor().Arm(faults.value());
}

Status ReadEnvironment() {
  auto dice = ReadDice();
  if (!dice.ok()) return dice.error();
  const std::string text = Variable("FAULT_VFS");
  const auto faults = ParseFaults(text);
  if (!faults.ok()) return In("FAULT_VFS", faults.error());
  // A refused load unloads the library, and the interceptor, which lives for ever, must not have
  // been made by then: a scratch one checks.
  if (const auto checked = Interceptor().Check(faults.value()); !checked.ok()) {
    return In("FAULT_VFS", checked.error());
  }
  const auto what = ReadRecordWhat();
  if (!what.ok()) return what.error();
  if (const std::string path = Variable("FAULT_RECORD"); !path.empty()) {
    auto recorder = CallRecorder::Open(path, what.value());
    if (!recorder.ok()) return In("FAULT_RECORD", recorder.error());
    RecordCalls(std::move(recorder).value());
  }
  if (const std::string path = Variable("FAULT_CLOCK"); !path.empty()) {
    auto clock = Clock::Attach(path);
    if (!clock.ok()) return In("FAULT_CLOCK", clock.error());
    UseClock(std::move(clock).value());
  }
  if (const std::string path = Variable("FAULT_LEDGER"); !path.empty()) {
    auto ledger = Ledger::Open(path);
    if (!ledger.ok()) return In("FAULT_LEDGER", ledger.error());
    TheInterceptor().SetLedger(std::move(ledger).value());
  }
  TheInterceptor().SetDice(std::move(dice).value());
  const auto armed = TheInterceptor().Arm(faults.value());
  return armed.ok() ? Status() : In("FAULT_VFS", armed.error());
}

}  // namespace faults::vfs
