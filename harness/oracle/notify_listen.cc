#include "harness/oracle/notify_listen.h"

#include <algorithm>
#include <map>
#include <set>

#include "harness/oracle/listeners.h"
#include "harness/oracle/verdicts.h"

namespace harness {
namespace {

using BySaying = std::map<std::string, const Notify*>;  // payload: the notification

// What is wrong with one listener, in order of discovery; the first is told.
struct Finding {
  std::string what;
  std::vector<ProofStep> proof;
};

class Judge {
 public:
  Judge(const Listener& listener, const BySaying& sent, const std::vector<Notify>& notifies)
      : listener_(listener) {
    for (const Notified& given : listener.given) Given(given, sent);
    for (const Notify& notify : notifies) Due(notify);
  }

  const std::vector<Finding>& findings() const { return findings_; }
  int64_t due() const { return due_; }
  int64_t earlier() const { return earlier_; }
  const Notify* undecided() const { return undecided_; }

 private:
  void Find(const std::string& what, std::vector<ProofStep> proof) {
    proof.insert(proof.begin(), {listener_.opened_op,
                                 listener_.Name() + " listens to \"" + listener_.channel + "\""});
    findings_.push_back({listener_.Name() + " was given " + what, std::move(proof)});
  }

  void Given(const Notified& given, const BySaying& sent) {
    const std::string quoted = "\"" + given.payload + "\"";
    const auto found = sent.find(given.payload);
    if (found == sent.end()) {
      Find(quoted + ", which nobody sent", {{given.op, "no notify has this payload"}});
      return;
    }
    const Notify& notify = *found->second;
    const size_t invoke = notify.call.invoke_index;
    const ProofStep is_sent = {invoke, quoted + " is sent"};
    const ProofStep is_given = {given.op, quoted + " is given to " + listener_.Name()};
    if (!seen_.insert(given.payload).second) {
      Find(quoted + " twice", {is_sent, is_given});
    } else if (notify.channel != listener_.channel || given.channel != listener_.channel) {
      Find(quoted + " of another channel", {is_sent, is_given});
    } else if (notify.rolled_back || notify.call.failed()) {
      Find(quoted + ", which was not committed",
           {{invoke, notify.rolled_back ? "its transaction is rolled back" : "it failed"},
            is_given});
    } else if (given.t_ns < notify.call.invoke->t_ns) {
      Find(quoted + " before it was sent", {is_given, is_sent});
    } else if (notify.ended_ns < listener_.asked_ns) {
      Find(quoted + ", which was over before it subscribed", {is_sent, is_given});
    } else if (latest_ && notify.ended_ns < latest_->call.invoke->t_ns) {
      Find(quoted + " out of order",
           {is_sent, {latest_->call.invoke_index, "a later one begins"}, is_given});
    } else if (given.id <= last_id_) {
      Find(quoted + " with an id that is not beyond the last",
           {{given.op,
             "id " + std::to_string(given.id) + " comes after " + std::to_string(last_id_)}});
    }
    last_id_ = std::max(last_id_, given.id);
    if (!latest_ || notify.call.invoke->t_ns > latest_->call.invoke->t_ns) latest_ = &notify;
  }

  void Due(const Notify& notify) {
    if (notify.channel != listener_.channel || !notify.call.ok() || notify.rolled_back) return;
    earlier_ += notify.ended_ns < listener_.asked_ns;
    const bool due =
        notify.call.invoke->t_ns > listener_.opened_ns && notify.ended_ns < listener_.ended_ns;
    due_ += due;
    if (!due || seen_.contains(notify.payload)) return;
    const std::string quoted = "\"" + notify.payload + "\"";
    const ProofStep committed = {notify.call.end_index, quoted + " is committed"};
    if (latest_ && notify.ended_ns < latest_->call.invoke->t_ns) {
      Lost(quoted, {committed,
                    {latest_->call.invoke_index,
                     "\"" + latest_->payload + "\" begins after it, and was given"}});
      return;
    }
    const auto silence = std::ranges::find_if(
        listener_.silences, [&](const auto& s) { return s.since_ns > notify.ended_ns; });
    if (silence == listener_.silences.end()) {
      undecided_ = &notify;
    } else {
      Lost(quoted, {committed, {silence->op, "nothing is on its way to " + listener_.Name()}});
    }
  }

  void Lost(const std::string& quoted, std::vector<ProofStep> proof) {
    proof.insert(proof.begin(), {listener_.opened_op,
                                 listener_.Name() + " listens to \"" + listener_.channel + "\""});
    findings_.push_back({listener_.Name() + " was never given " + quoted, std::move(proof)});
  }

  const Listener& listener_;
  std::set<std::string> seen_;
  const Notify* latest_ = nullptr;  // of those given, the one that began last
  int64_t last_id_ = 0;
  int64_t due_ = 0;
  int64_t earlier_ = 0;
  const Notify* undecided_ = nullptr;
  std::vector<Finding> findings_;
};

}  // namespace

Verdict CheckNotifyListen(const History& history, const Expectation& expectation) {
  const std::vector<Notify> notifies = Notifies(history);
  const std::vector<Listener> listeners = Listeners(history);
  BySaying sent;
  int64_t rolled_back = 0, due = 0, given = 0, earlier = 0, judged = 0;
  std::string missing;
  for (const Notify& notify : notifies) {
    rolled_back += notify.rolled_back && notify.call.ok();
    if (!sent.emplace(notify.payload, &notify).second)
      missing = "two notifications say \"" + notify.payload + "\"";
  }
  std::vector<Finding> findings;
  if (missing.empty()) {
    for (const Listener& listener : listeners) {
      const Judge judge(listener, sent, notifies);
      findings.insert(findings.end(), judge.findings().begin(), judge.findings().end());
      due += judge.due();
      earlier += judge.earlier();
      given += static_cast<int64_t>(listener.given.size());
      judged += judge.due() > 0;
      if (judge.undecided()) {
        missing = "\"" + judge.undecided()->payload + "\" was not given to " + listener.Name() +
                  ", and nothing proves that it is not on its way";
      }
    }
  }
  const Value figures = Value::MakeObject({{"listeners", listeners.size()},
                                           {"judged", judged},
                                           {"due", due},
                                           {"given", given},
                                           {"rolled_back", rolled_back},
                                           {"earlier", earlier}});
  if (!findings.empty()) {
    const std::string more =
        findings.size() == 1 ? ""
                             : " (" + Count(static_cast<int64_t>(findings.size()), "finding") + ")";
    return Fail(findings.front().what + more, findings.front().proof, figures);
  }
  if (!missing.empty()) return Unknown(missing, figures);
  const int64_t wanted = std::max<int64_t>(1, expectation.params["min_judged"].Int(1));
  if (judged < wanted) {
    return Unknown("something was due to " + std::to_string(judged) + " of " +
                       Count(static_cast<int64_t>(listeners.size()), "listener") + " only",
                   figures);
  }
  if (rolled_back < expectation.params["min_rolled_back"].Int(0))
    return Unknown("only " + Count(rolled_back, "notification") + " was rolled back", figures);
  return Pass("each of " + Count(due, "notification") + " was given once, in order", figures);
}

}  // namespace harness
