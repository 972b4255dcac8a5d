// Chooses the planted bug of this process (see fault_points.h). Empty in the real library.
#include "core/fault_points.h"

#ifdef HONKER_MUTANTS

#include <fiu-control.h>

#include <cstdlib>
#include <string_view>

#include "core/base/stderr_line.h"

namespace honker {
namespace {

constexpr std::string_view kNames[] = {
    "miss_wake",               // every third wake is dropped
    "wake_on_rollback",        // a touched -journal or -wal wakes, committed or not
    "never_die",               // a replaced database is not noticed
    "close_shm",               // opens and closes a descriptor of -shm or the database at each look
    "late_baseline",           // open returns before the baseline is taken
    "double_wake",             // each wake is delivered twice
    "trust_seen_counter",      // verified compares with the counter that it saw, confirmed or not
    "look_once",               // verified looks at an event, and then not before the next
    "change_alone",            // shm compares iChange and nothing else of the WAL-index
    "double_claim",            // hands out jobs that are under a valid claim
    "lose_on_claim",           // every fifth claimed job is deleted
    "sort_on_claim",           // a claim sorts all that is due, in an order no index has
    "next_claim_future_only",  // honker_queue_next_claim_at() ignores moments that have passed
    "tick_in_steps",           // honker_scheduler_tick() commits each of its statements alone
};

std::string Enable() {
  const char* chosen = std::getenv("HONKER_MUTANT");
  if (chosen == nullptr || *chosen == '\0') return "";
  std::string valid;
  for (const std::string_view name : kNames) {
    if (name == chosen) {
      const std::string point = "mutant/" + std::string(name);
      if (fiu_init(0) < 0 || fiu_enable(point.c_str(), 1, nullptr, 0) < 0) {
        return "honker: libfiu cannot enable " + point;
      }
      return "";
    }
    valid += (valid.empty() ? "" : ", ") + std::string(name);
  }
  return std::string("honker: HONKER_MUTANT names no planted bug: \"") + chosen +
         "\" (valid: " + valid + ")";
}

}  // namespace

std::string EnableMutant() {
  static const std::string problem = [] {
    std::string text = Enable();
    if (!text.empty()) WriteStderrLine(text);
    return text;
  }();
  return problem;
}

}  // namespace honker

#endif  // HONKER_MUTANTS
