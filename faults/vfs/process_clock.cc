#include "faults/vfs/process_clock.h"

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <utility>

namespace faults::vfs {
namespace {

// Never destroyed, as everything that a connection of another library's destructor may still need.
std::optional<Clock>& Given() {
  static auto* given = new std::optional<Clock>;
  return *given;
}

Clock* Make() {
  if (Given().has_value()) return &*Given();
  auto own = Clock::Private();
  if (!own.ok()) {  // no memory for a page
    std::fprintf(stderr, "faults: %s\n", own.Message().c_str());
    std::abort();
  }
  return new Clock(std::move(own).value());
}

}  // namespace

Clock& ProcessClock() {
  static Clock* clock = Make();
  return *clock;
}

std::atomic<bool>& Hurried() {
  static std::atomic<bool> hurried{false};
  return hurried;
}

void UseClock(Clock clock) { Given().emplace(std::move(clock)); }

}  // namespace faults::vfs
