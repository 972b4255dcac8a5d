#include "harness/oracle/listen_death.h"

#include <algorithm>
#include <map>

#include "harness/oracle/listeners.h"
#include "harness/oracle/replacements.h"
#include "harness/oracle/verdicts.h"

namespace harness {
namespace {

// When each connection was known to be dead: by an ended listener of it, until it is opened anew.
class DeadConnections {
 public:
  DeadConnections(const History& history, const std::vector<Listener>& listeners) {
    for (const Listener& listener : listeners) {
      if (listener.error_op)
        died_ns_[{listener.process, listener.connection}].push_back(
            history.ops()[*listener.error_op].t_ns);
    }
    for (const Call& call : history.Calls("open")) {
      if (call.ok())
        opened_ns_[{call.invoke->process, call.invoke->value["conn"].Text()}].push_back(
            call.end->t_ns);
    }
  }

  bool DeadAt(const std::string& process, const std::string& connection, int64_t t_ns) const {
    const int64_t opened = LastBefore(opened_ns_, process, connection, t_ns);
    return LastBefore(died_ns_, process, connection, t_ns) > opened;
  }

 private:
  using Times = std::map<std::pair<std::string, std::string>, std::vector<int64_t>>;
  static int64_t LastBefore(const Times& times, const std::string& process,
                            const std::string& connection, int64_t t_ns) {
    const auto found = times.find({process, connection});
    int64_t last = -1;
    if (found == times.end()) return last;
    for (int64_t t : found->second) {
      if (t < t_ns) last = std::max(last, t);
    }
    return last;
  }
  Times died_ns_, opened_ns_;
};

}  // namespace

Verdict CheckListenDeath(const History& history, const Expectation& expectation) {
  const bool later = expectation.params["later"].Bool();
  const std::vector<Listener> listeners = Listeners(history);
  const std::vector<Replacement> faults = Replacements(history);
  const auto change = std::ranges::find_if(
      faults, [](const Replacement& fault) { return !(fault.before == fault.after); });
  if (change == faults.end()) return Unknown("no replacement happened", Value::MakeObject());
  const ProofStep replaced = {change->call.end_index, "the file is another one now"};
  const DeadConnections dead(history, listeners);

  int64_t judged = 0, ended = 0, silent = 0, longest_ns = 0, refused = 0;
  std::string undecided, reason;
  std::vector<ProofStep> proof;
  const auto accuse = [&](const std::string& what, std::vector<ProofStep> steps) {
    if (proof.empty()) reason = what, proof = std::move(steps);
  };
  for (const Listener& listener : listeners) {
    const ProofStep listens = {listener.opened_op, listener.Name() + " listens"};
    if (!later && listener.error_op && listener.ended_ns < change->begin_ns()) {
      accuse(listener.Name() + " ended before anything was replaced",
             {listens, {*listener.error_op, "it ends by itself"}});
    }
    const bool was_there =
        listener.opened_ns <= change->begin_ns() && listener.ended_ns >= change->begin_ns();
    const bool came_late = listener.asked_ns > change->end_ns() &&
                           dead.DeadAt(listener.process, listener.connection, listener.asked_ns);
    if (later ? !came_late : !was_there) continue;
    ++judged;
    const int64_t from_ns = std::max(change->end_ns(), listener.opened_ns);
    const auto silence = std::ranges::find_if(listener.silences,
                                              [&](const auto& s) { return s.since_ns > from_ns; });
    if (silence != listener.silences.end()) {
      ++silent;
      std::vector<ProofStep> steps = {
          listens, replaced, {silence->op, "nothing is on its way to it: it would wait for ever"}};
      if (later) std::swap(steps[0], steps[1]);
      accuse(listener.Name() + " waits in silence on a file that was replaced", std::move(steps));
    } else if (listener.error_op && listener.error.empty()) {
      accuse(listener.Name() + " ended without a sentence",
             {listens, replaced, {*listener.error_op, "it ends, and says nothing"}});
    } else if (listener.error_op) {
      ++ended;
      longest_ns = std::max(longest_ns, history.ops()[*listener.error_op].t_ns - change->end_ns());
    } else {
      undecided = listener.Name();
    }
  }
  if (later) {
    for (const Call& call : history.Calls("listen")) {
      refused += call.failed() && dead.DeadAt(call.invoke->process,
                                              call.invoke->value["conn"].Text(), call.invoke->t_ns);
    }
  }
  judged += refused;
  Value figures =
      Value::MakeObject({{"judged", judged}, {"ended", ended + refused}, {"silent", silent}});
  if (!later) figures.Set("ended_max_ms", longest_ns / 1'000'000);
  if (!proof.empty()) return Fail(reason, std::move(proof), figures);
  if (judged == 0)
    return Unknown(
        later ? "nobody listened after the death" : "nobody listened when the file was replaced",
        figures);
  if (!undecided.empty())
    return Unknown(undecided + " neither ended nor was proved silent", figures);
  return Pass(Count(judged, "listener") + " ended with a sentence", figures);
}

}  // namespace harness
