#include "scenarios/wake/stopped_watcher.h"

#include <csignal>

#include "harness/oracle/verdicts.h"

namespace scenarios::wake {

using harness::Call;
using harness::Value;

harness::Verdict CheckStoppedWatcher(const harness::History& history, const harness::Expectation&) {
  size_t stop = 0;
  size_t go_on = 0;
  for (size_t i : history.Events("signal")) {
    const int64_t number = history.ops()[i].value["signal"].Int();
    if (number == SIGSTOP) stop = i;
    if (number == SIGCONT && stop != 0) go_on = i;
  }
  int64_t stopped = 0;
  int64_t stopped_failed = 0;
  int64_t after = 0;
  int64_t failed_after = 0;
  std::vector<harness::ProofStep> proof;
  for (const Call& call : history.Calls("commit")) {
    if (stop == 0 || call.invoke_index < stop) continue;
    const bool between = go_on == 0 || call.end_index < go_on;
    (between ? stopped : after) += 1;
    if (call.ok()) continue;
    (between ? stopped_failed : failed_after) += 1;
    if (between || !proof.empty()) continue;
    proof = {{stop, "the watcher's process is stopped"},
             {go_on, "and goes on"},
             {call.end_index, "a commit after that fails: " + call.end->value.Print()}};
  }
  Value figures = Value::MakeObject({{"stopped_commits", stopped},
                                     {"stopped_failed", stopped_failed},
                                     {"failed_after", failed_after}});
  if (!proof.empty()) {
    return harness::Fail("a watcher that goes on still keeps writers out", std::move(proof),
                         std::move(figures));
  }
  if (go_on == 0 || stopped == 0 || after == 0) {
    return harness::Unknown("no commits while a watcher stood still and after it went on",
                            std::move(figures));
  }
  return harness::Pass(std::to_string(stopped_failed) + " of " + harness::Count(stopped, "commit") +
                           " failed while it stood still, none afterwards",
                       std::move(figures));
}

}  // namespace scenarios::wake
