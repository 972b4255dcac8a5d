#include "scenarios/wake/one_thread.h"

#include <map>

namespace scenarios::wake {

using harness::Outcome;
using harness::ProofStep;

harness::Verdict CheckOneThread(const harness::History& history, const harness::Expectation&) {
  std::map<std::string, int64_t> threads;
  int64_t most = 0;
  harness::Verdict verdict;
  for (const harness::Call& call : history.Calls("watch")) {
    if (!call.ok() || call.end->value["outcome"].Text() != "opened") continue;
    const auto fresh = static_cast<int64_t>(call.end->value["threads"].items().size());
    int64_t& all = threads[call.invoke->process];
    all += fresh;
    most = std::max(most, all);
    if (fresh > 0) {
      verdict.proof.push_back(
          ProofStep{call.end_index, call.invoke->process + " has " + std::to_string(all) +
                                        " threads of the subject after this watch"});
    }
  }
  verdict.figures.Set("threads", most);
  if (most == 1) verdict.proof.clear();
  verdict.outcome = most == 0 ? Outcome::kUnknown : most == 1 ? Outcome::kPass : Outcome::kFail;
  verdict.reason = most == 0 ? "no watch brought a thread: nothing to count"
                   : most == 1
                       ? "one thread watches for all subscribers"
                       : std::to_string(most) + " threads watch one database in one process";
  return verdict;
}

}  // namespace scenarios::wake
