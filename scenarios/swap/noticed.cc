#include "scenarios/swap/noticed.h"

namespace scenarios::swap {

using harness::Call;
using harness::Outcome;
using harness::ProofStep;

harness::Verdict CheckNoticed(const harness::History& history, const harness::Expectation&) {
  harness::Verdict verdict;
  int64_t fault_end = -1;
  for (const Call& call : history.Calls("fault")) {
    if (!call.ok()) continue;
    fault_end = call.end->t_ns;
    verdict.proof = {ProofStep{call.end_index, "the fault is done"}};
  }
  if (fault_end < 0) {
    verdict.reason = "no fault fired";
    return verdict;
  }
  int64_t seen = 0, dead = 0, lost = 0, undecided = 0;
  for (const Call& call : history.Calls("await")) {
    if (!call.ok() || call.invoke->t_ns < fault_end) continue;
    for (const harness::Value& sub : call.end->value["subs"].items()) {
      const std::string& result = sub["result"].Text();
      seen += result == "seen";
      dead += result == "dead";
      undecided += result == "limit";
      if (result != "quiet") continue;
      ++lost;
      verdict.proof.push_back(ProofStep{
          call.end_index, "subscriber " + std::to_string(sub["sub"].Int()) + " of " +
                              call.invoke->process + " neither saw " +
                              call.invoke->value["marks"].Print() +
                              " nor died: its watcher looked " +
                              std::to_string(sub["looks"].Int()) + " times and was silent"});
    }
  }
  verdict.figures.Set("seen", seen)
      .Set("dead", dead)
      .Set("lost", lost)
      .Set("judged", seen + dead + lost);
  if (lost > 0) {
    verdict.outcome = Outcome::kFail;
    verdict.reason = std::to_string(lost) +
                     " commits after the fault were met with silence: neither a wake nor a death";
  } else if (undecided > 0 || seen + dead == 0) {
    verdict.reason = "nothing was decided after the fault";
  } else {
    verdict.outcome = Outcome::kPass;
    verdict.reason =
        dead > 0 ? "the watcher died and said so" : "the watcher went on and saw every commit";
  }
  if (verdict.outcome != Outcome::kFail) verdict.proof.clear();
  return verdict;
}

}  // namespace scenarios::swap
