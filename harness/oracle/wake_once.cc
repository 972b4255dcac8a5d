#include "harness/oracle/wake_once.h"

#include <algorithm>
#include <set>
#include <string>

#include "harness/oracle/activity.h"
#include "harness/oracle/subscribers.h"
#include "harness/oracle/verdicts.h"

namespace harness {
namespace {

// What happened between two proofs of silence.
struct Stretch {
  std::vector<const Call*> commits;  // acknowledged
  int64_t in_doubt = 0;              // may have committed
  bool foreign = false;              // something other than commits touched the database
  int64_t from_ns = INT64_MAX;       // the first invoke

  bool empty() const { return commits.empty() && in_doubt == 0 && !foreign; }
};

struct Judge {
  Judge(const History& history, const Value& also) : activity(history) {
    for (const Value& op : also.items()) commits.insert(op.Text());
  }

  const Activity activity;
  std::set<std::string> commits = {"commit"};  // the ops that are one
  int64_t steps = 0;
  int64_t bursts = 0;
  int64_t skipped = 0;
  int64_t missed = 0;
  int64_t doubled = 0;
  int64_t undecided = 0;
  std::string first_fault;
  std::vector<ProofStep> proof;

  void Listen(const Subscriber& sub) {
    int64_t cut_ns = sub.opened_ns;
    // A commit that was under way when the watcher opened may wake it or not.
    bool settled = !activity.Any(sub.asked_ns, sub.opened_ns);
    for (const Answer& quiet : sub.answers) {
      if (quiet.command != "quiesce" || quiet.result != "quiet" || quiet.invoke_ns < cut_ns)
        continue;
      if (activity.Any(quiet.invoke_ns, quiet.end_ns)) continue;
      Stretch stretch = Between(cut_ns, quiet.invoke_ns);
      stretch.foreign |= !settled && !stretch.empty();
      Close(sub, stretch, quiet);
      settled = true;
      cut_ns = quiet.end_ns;
    }
    if (sub.ended_ns != INT64_MAX && sub.end_explained) return;
    undecided += static_cast<int64_t>(Between(cut_ns, INT64_MAX).commits.size());
  }

  Stretch Between(int64_t from_ns, int64_t to_ns) const {
    Stretch stretch;
    for (size_t i = activity.FirstFrom(from_ns); i < activity.calls().size(); ++i) {
      const Call& call = activity.calls()[i];
      if (call.invoke->t_ns >= to_ns) break;
      stretch.from_ns = std::min(stretch.from_ns, call.invoke->t_ns);
      if (!commits.contains(call.invoke->name)) {
        stretch.foreign = true;
      } else if (call.ok()) {
        stretch.commits.push_back(&call);
      } else if (call.in_doubt()) {
        ++stretch.in_doubt;
      }
    }
    return stretch;
  }

  void Close(const Subscriber& sub, const Stretch& stretch, const Answer& quiet) {
    if (stretch.empty()) return;
    if (stretch.foreign || stretch.commits.empty()) {
      ++skipped;
      return;
    }
    const auto made = static_cast<int64_t>(stretch.commits.size());
    ++(made == 1 ? steps : bursts);
    const auto from = std::ranges::lower_bound(sub.wakes, stretch.from_ns, {}, &Wake::t_ns);
    const auto to = std::ranges::upper_bound(sub.wakes, quiet.end_ns, {}, &Wake::t_ns);
    const int64_t came = to - from;
    const bool none = came == 0;
    if (!none && came <= made + stretch.in_doubt) return;
    ++(none ? missed : doubled);
    if (!proof.empty()) return;
    first_fault = none ? "missed" : "doubled";
    for (const Call* call : stretch.commits) {
      const Op& op = *call->invoke;
      proof.push_back({call->invoke_index,
                       op.process + (op.name == "commit"
                                         ? " commits mark " + std::to_string(op.value["seq"].Int())
                                         : " commits by " + op.name)});
    }
    for (auto it = from; it < to; ++it) proof.push_back({it->op, sub.Name() + " wakes"});
    std::ranges::stable_sort(proof, {}, &ProofStep::op);
    proof.push_back({quiet.end_op, "quiesce proves it quiet: " + Count(came, "wake") + " for " +
                                       Count(made, "commit")});
  }
};

}  // namespace

Verdict CheckWakeOnce(const History& history, const Expectation& expectation) {
  const std::vector<Subscriber> subscribers = Subscribers(history);
  Judge judge(history, expectation.params["also"]);
  for (const Subscriber& sub : subscribers) {
    if (!sub.lazy) judge.Listen(sub);
  }
  Value figures = Value::MakeObject({{"steps", judge.steps},
                                     {"bursts", judge.bursts},
                                     {"skipped", judge.skipped},
                                     {"missed", judge.missed},
                                     {"doubled", judge.doubled},
                                     {"undecided", judge.undecided}});
  if (!judge.proof.empty()) {
    return Fail("a wake was " + judge.first_fault + ": " + std::to_string(judge.missed) +
                    " missed, " + std::to_string(judge.doubled) + " doubled in " +
                    Count(judge.steps, "step"),
                std::move(judge.proof), std::move(figures));
  }
  const int64_t wanted = expectation.params["min_steps"].Int(1);
  if (judge.steps < wanted) {
    return Unknown(Count(judge.steps, "single commit") + " between two proofs of silence, " +
                       std::to_string(wanted) + " wanted",
                   std::move(figures));
  }
  if (judge.undecided > 0) {
    return Unknown(Count(judge.undecided, "commit") + " with no quiesce after it",
                   std::move(figures));
  }
  return Pass(Count(judge.steps, "single commit") + ", one wake each", std::move(figures));
}

}  // namespace harness
