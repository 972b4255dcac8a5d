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

harness::Verdict CheckModeNoticed(const harness::History& history,
                                  const harness::Expectation& expectation) {
  harness::Verdict verdict = CheckNoticed(history, expectation);
  const std::vector<size_t> modes = history.Events("mode");
  const auto unknown = [&](const std::string& why) {
    verdict.outcome = Outcome::kUnknown;
    verdict.reason = why;
    return verdict;
  };
  const bool passed = verdict.outcome == Outcome::kPass;
  if (modes.empty()) return passed ? unknown("no word about the mode in force") : verdict;
  const harness::Value& mode = history.ops()[modes.back()].value;
  const bool changed = mode["wanted"] == mode["in_force"];
  verdict.figures.Set("changed", changed ? 1 : 0);
  if (!passed || changed) return verdict;
  if (mode["wanted"].Text() == "wal")
    return unknown("the mode is still " + mode["in_force"].Text());
  verdict.reason += "; SQLite refused the change, and the mode is still wal";
  return verdict;
}

}  // namespace scenarios::swap
