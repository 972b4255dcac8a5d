#include "scenarios/wake/no_silent_swap.h"

namespace scenarios::wake {

using harness::Call;
using harness::Outcome;

harness::Verdict CheckNoSilentSwap(const harness::History& history, const harness::Expectation&) {
  harness::Verdict verdict;
  int64_t lines = 0;
  int64_t inotify_watches = 0;
  for (size_t i : history.Events("stderr")) {
    const std::string& line = history.ops()[i].value["line"].Text();
    if (line.find("polling") == std::string::npos) continue;
    ++lines;
    verdict.proof.push_back({i, "stderr says: " + line});
  }
  for (size_t i : history.Events("backend_evidence")) {
    inotify_watches += history.ops()[i].value["inotify_watches"].Int();
    verdict.proof.push_back({i, std::to_string(inotify_watches) + " inotify watches are open"});
  }
  const std::vector<Call> watches = history.Calls("watch");
  verdict.figures.Set("asked", watches.size())
      .Set("lines", lines)
      .Set("inotify_watches", inotify_watches);
  if (watches.empty() || history.Events("died").empty()) {
    verdict.reason = "no watch was asked for, or stderr was not collected";
    return verdict;
  }
  const Call& watch = watches.front();
  if (!watch.ok()) {
    verdict.reason = "the watch did not end";
    return verdict;
  }
  if (watch.end->value["outcome"].Text() == "absent") {
    verdict.reason = watch.end->value["error"].Text();
    return verdict;
  }
  const std::string& backend = watch.invoke->value["backend"].Text();
  verdict.proof.insert(verdict.proof.begin(),
                       {watch.end_index, backend + " was asked for: " + watch.end->value.Print()});
  const bool refused = watch.end->value["outcome"].Text() == "refused";
  const bool itself = backend == "kernel" && inotify_watches > 0;
  if (refused ? !watch.end->value["error"].Text().empty() : lines == 1 || (lines == 0 && itself)) {
    verdict.outcome = Outcome::kPass;
    verdict.reason = refused      ? "refused, with the reason"
                     : lines == 1 ? "falls back to polling, and says so once"
                                  : "the backend is built in";
    verdict.proof.clear();
    return verdict;
  }
  verdict.outcome = Outcome::kFail;
  verdict.reason = refused     ? "refused without a reason"
                   : lines > 1 ? "the fall-back is said " + std::to_string(lines) + " times"
                               : backend + " was swapped for something else in silence";
  return verdict;
}

}  // namespace scenarios::wake
