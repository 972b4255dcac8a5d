#include "scenarios/fs/alive.h"

#include "harness/oracle/verdicts.h"

namespace scenarios::fs {

using harness::Call;
using harness::ProofStep;
using harness::Value;

harness::Verdict CheckAlive(const harness::History& history, const harness::Expectation&) {
  int64_t changes = 0, after_watch = 0, seen = 0, lost = 0;
  bool watched = false, copied_up = false;
  std::vector<ProofStep> changed, proof;
  const Value* last = nullptr;
  for (const size_t i : history.Events("identity")) {
    const Value& now = history.ops()[i].value;
    if (last && (now["dev"] != (*last)["dev"] || now["ino"] != (*last)["ino"])) {
      ++changes;
      after_watch += watched;
      changed.push_back(
          {i, "the file is another: " + (*last)["when"].Text() + " -> " + now["when"].Text()});
    }
    watched |= now["when"].Text() == "watched";
    copied_up |= now["copied_up"].Bool();
    last = &now;
  }
  const std::vector<size_t> deaths = history.Events("dead");
  for (const size_t i : deaths) proof.push_back({i, "a subscriber died of it"});
  for (const Call& call : history.Calls("await")) {
    if (!call.ok()) continue;
    for (const Value& sub : call.end->value["subs"].items()) {
      seen += sub["result"].Text() == "seen";
      if (sub["result"].Text() != "quiet") continue;
      ++lost;
      proof.push_back({call.end_index, "a commit was met with silence"});
    }
  }
  Value figures = Value::MakeObject({{"changes", changes},
                                     {"after_watch", after_watch},
                                     {"seen", seen},
                                     {"dead", deaths.size()},
                                     {"lost", lost},
                                     {"judged", seen + lost}});
  if (!copied_up) return harness::Unknown("nothing was copied up", std::move(figures));
  if (!proof.empty()) {
    proof.insert(proof.begin(), changed.begin(), changed.end());
    return harness::Fail(deaths.empty() ? "a commit was met with silence"
                                        : "a subscriber died though nothing was replaced",
                         std::move(proof), std::move(figures));
  }
  if (seen == 0) return harness::Unknown("no commit was awaited", std::move(figures));
  return harness::Pass(changes > 0 ? "the identity changed, and every commit was seen"
                                   : "the identity stayed, and every commit was seen",
                       std::move(figures));
}

}  // namespace scenarios::fs
