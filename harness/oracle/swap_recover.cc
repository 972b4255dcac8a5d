#include "harness/oracle/swap_recover.h"

#include <algorithm>
#include <map>
#include <set>

#include "harness/oracle/replacements.h"
#include "harness/oracle/seen.h"
#include "harness/oracle/verdicts.h"

namespace harness {
namespace {

// Processes with a subscriber that listened when any of the faults began.
std::set<std::string> Struck(const std::vector<Subscriber>& subscribers,
                             const std::vector<Replacement>& faults) {
  std::set<std::string> struck;
  for (const Subscriber& sub : subscribers) {
    const auto hit = [&](const Replacement& fault) {
      return sub.opened_ns <= fault.begin_ns() && fault.begin_ns() < sub.ended_ns;
    };
    if (std::ranges::any_of(faults, hit)) struck.insert(sub.process);
  }
  return struck;
}

// Subscribers of watchers all of whose handles were asked for after that moment.
std::vector<const Subscriber*> Fresh(const std::vector<Subscriber>& subscribers,
                                     const std::set<std::string>& struck, int64_t from_ns) {
  std::map<size_t, int64_t> since_ns;
  for (const Subscriber& sub : subscribers) since_ns.try_emplace(sub.watcher, sub.asked_ns);
  std::vector<const Subscriber*> fresh;
  for (const Subscriber& sub : subscribers) {
    if (since_ns[sub.watcher] >= from_ns && struck.contains(sub.process)) fresh.push_back(&sub);
  }
  return fresh;
}

// Whether the process still held a handle, of whatever watcher, that it had opened before the swap.
bool HoldsOld(const std::vector<Subscriber>& subscribers, const std::string& process,
              int64_t swap_ns, int64_t t_ns) {
  return std::ranges::any_of(subscribers, [&](const Subscriber& sub) {
    return sub.process == process && sub.asked_ns < swap_ns && sub.released_ns > t_ns;
  });
}

}  // namespace

Verdict CheckSwapRecover(const History& history, const Expectation& expectation) {
  const std::vector<Replacement> faults = Replacements(history);
  if (faults.empty()) return Unknown("no file swap happened", Value::MakeObject());
  const Replacement& last = faults.back();
  const std::vector<Subscriber> subscribers = Subscribers(history);
  const std::vector<Commit> commits = Commits(history);
  const std::set<std::string> struck = Struck(subscribers, faults);
  const std::vector<const Subscriber*> fresh = Fresh(subscribers, struck, last.end_ns());
  SeenReport report = JudgeSeen(fresh, commits, Activity(history));

  const ProofStep swap = {last.call.end_index, "the file is replaced"};
  std::string reason;
  std::vector<ProofStep> proof;
  int64_t refused = 0;
  for (const Call& call : history.Calls("watch")) {
    const std::string& process = call.invoke->process;
    if (!call.ok() || call.end->value["outcome"].Text() != "refused") continue;
    if (call.invoke->t_ns < last.end_ns() || !struck.contains(process)) continue;
    if (HoldsOld(subscribers, process, last.end_ns(), call.invoke->t_ns)) continue;
    ++refused;
    if (!proof.empty()) continue;
    reason = "a watcher could not be opened again";
    proof = {swap,
             {call.invoke_index, process + " has closed every handle and asks again"},
             {call.end_index, "it is refused: \"" + PlainText(call.end->value["error"]) + "\""}};
  }
  int64_t fresh_deaths = 0;
  for (const Subscriber* sub : fresh) {
    if (!sub->dead_op) continue;
    ++fresh_deaths;
    if (!proof.empty()) continue;
    reason = "a fresh watcher died";
    proof = {
        swap,
        {sub->opened_op, sub->Name() + " is opened afterwards, every older handle being closed"},
        {*sub->dead_op, "it is told that its watcher is dead, though nothing was replaced since"}};
  }
  Value figures = Value::MakeObject({{"reopened", fresh.size()},
                                     {"refused", refused},
                                     {"fresh_deaths", fresh_deaths},
                                     {"commits_judged", report.commits_judged},
                                     {"judged", report.judged},
                                     {"seen", report.seen},
                                     {"lost", report.lost},
                                     {"undecided", report.undecided}});
  AddPercentiles(figures, "latency", report.latencies_ns);
  if (proof.empty() && report.first_loss) {
    reason = Count(report.lost_commits, "commit") + " lost after closing and opening again";
    proof = ProofOf(*report.first_loss);
    proof.insert(proof.begin(), swap);
  }
  if (!proof.empty()) return Fail(reason, std::move(proof), std::move(figures));

  if (fresh.empty()) {
    return Unknown("nobody who listened at the swap closed and opened again", std::move(figures));
  }
  if (report.undecided > 0) return Unknown(report.WhyUndecided(), std::move(figures));
  const int64_t wanted = expectation.params["min_commits"].Int(1);
  if (report.commits_judged < wanted) {
    return Unknown(Count(report.commits_judged, "commit") + " judged after the reopening, " +
                       std::to_string(wanted) + " wanted",
                   std::move(figures));
  }
  return Pass(Count(report.commits_judged, "commit") + " after the reopening, each seen",
              std::move(figures));
}

}  // namespace harness
