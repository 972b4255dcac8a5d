#include "harness/oracle/aftermath.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "harness/oracle/commits.h"
#include "harness/oracle/replacements.h"
#include "harness/oracle/subscribers.h"
#include "harness/oracle/verdicts.h"

namespace harness {
namespace {

class Judge {
 public:
  Judge(const History& history, const Value& params)
      : history_(history),
        may_die_(params["may_die"].Bool(false)),
        must_be_told_(params["must_be_told"].Bool(false)),
        must_hear_(params["must_hear"].Bool(true)) {
    for (const Call& call : history.Calls("fault")) {
      if (!call.ok() || !TargetsFiles(call)) continue;
      if (!first_ || call.invoke->t_ns < first_->invoke->t_ns) first_ = call;
      if (!last_ || call.end->t_ns > last_->end->t_ns) last_ = call;
      ++faults_;
    }
    if (!first_) return;
    const std::vector<Replacement> all = Replacements(history);
    replaced_ = !all.empty() && !(all.front().before == all.back().after);
    for (const Commit& commit : Commits(history)) {
      if (commit.invoke_ns() < last_->end->t_ns) continue;
      later_from_ns_ = std::min(later_from_ns_, commit.invoke_ns());
      if (commit.call.ok()) {
        later_.push_back(commit);
      } else {
        ++later_failed_;
      }
    }
    std::ranges::stable_sort(later_, {}, &Commit::invoke_ns);
  }

  void Look(const Subscriber& sub) {
    if (!first_ || sub.lazy || sub.opened_ns > first_->invoke->t_ns ||
        sub.ended_ns < first_->invoke->t_ns) {
      return;
    }
    ++met_;
    const bool died = sub.dead_op.has_value();
    int64_t woken = 0;
    for (const Wake& wake : sub.wakes) {
      if (wake.t_ns < first_->invoke->t_ns || wake.t_ns >= later_from_ns_) continue;
      ++woken;
      rereads_failed_ += wake.read ? 0 : 1;
    }
    wakes_ += woken;
    woke_ += woken > 0 ? 1 : 0;
    died_ += died ? 1 : 0;
    const Answer* proof = ProofAfterTheFault(sub);
    const bool host_died = sub.ending == Ending::kProcessDied && !sub.end_explained;
    if (host_died) {
      Contradict("the process of a subscriber died of it",
                 {Met(sub), Done(), {sub.ended_op, sub.process + " ends, and nobody ended it"}});
    } else if (!proof && !died) {
      Undecided("nothing was proved of " + sub.Name() + " after the fault");
    }
    if (died && !may_die_ && !replaced_) {
      Contradict("a watcher died though its file was not replaced",
                 {Met(sub), Done(), {*sub.dead_op, "it is told that its watcher is dead"}});
    }
    LookForStorm(sub);
    if (!died) LookForLostThread(sub);
    if (!died && !host_died && woken == 0 && proof && !HeardBefore(sub, *proof)) {
      ++silent_;
      if (must_be_told_) {
        Contradict(
            "a subscriber was told nothing of it",
            {Met(sub), Done(), {proof->end_op, "it neither woke nor died: " + Said(*proof)}});
      }
    }
    if (!died && !host_died) LookForDeafness(sub);
  }

  Verdict Say() {
    Value figures = Value::MakeObject({{"faults", faults_},
                                       {"met", met_},
                                       {"woke", woke_},
                                       {"died", died_},
                                       {"silent", silent_},
                                       {"wakes", wakes_},
                                       {"rereads_failed", rereads_failed_},
                                       {"storms", storms_},
                                       {"deaf", deaf_},
                                       {"later_commits", later_.size()},
                                       {"later_failed", later_failed_},
                                       {"undecided", undecided_}});
    if (!proof_.empty()) return Fail(reason_, std::move(proof_), std::move(figures));
    if (!first_) return Unknown("nothing was done to a file", std::move(figures));
    if (met_ == 0) return Unknown("nobody listened when it was done", std::move(figures));
    if (!why_.empty()) return Unknown(why_, std::move(figures));
    return Pass("of " + Count(met_, "subscriber") + " " + std::to_string(woke_) + " woke, " +
                    std::to_string(died_) + " died, " + std::to_string(silent_) + " heard nothing",
                std::move(figures));
  }

 private:
  // The first answer that decides, of a question asked after the last fault.
  const Answer* ProofAfterTheFault(const Subscriber& sub) const {
    for (const Answer& answer : sub.answers) {
      if (answer.invoke_ns >= last_->end->t_ns && answer.result != "limit") return &answer;
    }
    return nullptr;
  }

  // The proof is of no silence where a later commit had woken it by then.
  bool HeardBefore(const Subscriber& sub, const Answer& proof) const {
    return std::ranges::any_of(sub.wakes, [&](const Wake& wake) {
      return wake.t_ns >= later_from_ns_ && wake.t_ns <= proof.end_ns;
    });
  }

  void LookForStorm(const Subscriber& sub) {
    for (size_t i : history_.Events("overtrigger")) {
      const Op& op = history_.ops()[i];
      if (op.process != sub.process || op.value["sub"].Int() != sub.number ||
          op.t_ns < first_->invoke->t_ns) {
        continue;
      }
      ++storms_;
      return Contradict(
          "a subscriber is woken without end",
          {Met(sub),
           Done(),
           {i, std::to_string(op.value["wakes"].Int()) + " wakes in a row showed it nothing new"}});
    }
  }

  void LookForLostThread(const Subscriber& sub) {
    for (size_t i : history_.Events("thread_gone")) {
      const Op& op = history_.ops()[i];
      if (op.process != sub.process || op.t_ns < first_->invoke->t_ns ||
          op.t_ns >= sub.released_ns) {
        continue;
      }
      return Contradict("a watcher's thread is over and its subscriber was told nothing",
                        {Met(sub), Done(), {i, "threads of " + sub.process + " are over"}});
    }
  }

  void LookForDeafness(const Subscriber& sub) {
    for (const Commit& commit : later_) {
      if (commit.end_ns() >= sub.ended_ns) return;
      const auto quiet = std::ranges::find_if(sub.answers, [&](const Answer& answer) {
        return answer.result == "quiet" && answer.invoke_ns >= commit.end_ns();
      });
      if (quiet == sub.answers.end()) return;
      const bool heard = std::ranges::any_of(sub.wakes, [&](const Wake& wake) {
        return wake.t_ns >= commit.invoke_ns() && wake.t_ns <= quiet->end_ns;
      });
      if (heard) continue;
      ++deaf_;
      if (must_hear_) {
        Contradict("a subscriber that lives does not hear what is committed afterwards",
                   {Met(sub),
                    Done(),
                    {commit.call.end_index, commit.Text() + " is acknowledged"},
                    {quiet->end_op, "no wake has come since it began: " + Said(*quiet)}});
      }
      return;
    }
  }

  static ProofStep Met(const Subscriber& sub) { return {sub.opened_op, sub.Name() + " listens"}; }
  ProofStep Done() const {
    return {last_->end_index, "\"" + last_->invoke->value["fault"].Text() + "\" is done"};
  }
  static std::string Said(const Answer& answer) {
    return std::string(answer.command) + " says \"" + std::string(answer.result) + "\"";
  }
  void Contradict(const std::string& reason, std::vector<ProofStep> proof) {
    if (!proof_.empty()) return;
    reason_ = reason;
    proof_ = std::move(proof);
  }
  void Undecided(const std::string& why) {
    ++undecided_;
    if (why_.empty()) why_ = why;
  }

  const History& history_;
  const bool may_die_;
  const bool must_be_told_;
  const bool must_hear_;
  std::optional<Call> first_;
  std::optional<Call> last_;
  bool replaced_ = false;
  std::vector<Commit> later_;          // acknowledged, by their beginning
  int64_t later_from_ns_ = INT64_MAX;  // the first of them, or of those that failed
  int64_t faults_ = 0;
  int64_t later_failed_ = 0;
  int64_t met_ = 0;
  int64_t woke_ = 0;
  int64_t died_ = 0;
  int64_t silent_ = 0;
  int64_t wakes_ = 0;
  int64_t rereads_failed_ = 0;
  int64_t storms_ = 0;
  int64_t deaf_ = 0;
  int64_t undecided_ = 0;
  std::string why_;
  std::string reason_;
  std::vector<ProofStep> proof_;
};

}  // namespace

Verdict CheckAftermath(const History& history, const Expectation& expectation) {
  Judge judge(history, expectation.params);
  const std::vector<Subscriber> subscribers = Subscribers(history);
  for (const Subscriber& sub : subscribers) judge.Look(sub);
  return judge.Say();
}

}  // namespace harness
