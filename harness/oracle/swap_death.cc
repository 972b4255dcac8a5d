#include "harness/oracle/swap_death.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "harness/oracle/replacements.h"
#include "harness/oracle/subscribers.h"
#include "harness/oracle/verdicts.h"

namespace harness {
namespace {

// What a late subscriber may be refused with: the watcher's own sentence, or the one that
// applications pass on (SPEC sections 4 and 5).
constexpr std::string_view kDeathSentences[] = {"database file replaced", "database file is gone",
                                                "update watcher died"};

// Unlinking and making anew leaves the name without a file for a while. A watcher that looks then
// has found nothing, says so, and has told the truth.
bool LeavesAGap(const Replacement& replacement) {
  const std::string& fault = replacement.call.invoke->value["fault"].Text();
  return Contains(fault, "by=unlink_recreate") || Contains(fault, "litestream");
}

class Judge {
 public:
  Judge(const History& history, const Value& params)
      : replacements_(Replacements(history)),
        message_(params["message"].Bool(true)),
        require_change_(params["require_change"].Bool(true)) {
    for (size_t i : history.Events("stderr")) {
      const Value& v = history.ops()[i].value;
      std::string line = PlainText(v["line"]);
      if (!Contains(line, "database file replaced") && !Contains(line, "database file is gone")) {
        continue;
      }
      said_[v["process"].Text()].push_back(i);
      lines_[i] = std::move(line);
    }
    for (size_t i : history.Events("died")) {
      collected_[history.ops()[i].value["process"].Text()] = i;
    }
  }

  void Look(const Subscriber& sub) {
    if (sub.lazy) return;
    if (sub.dead_op) LookAfterDeath(sub);
    if (sub.late) return;  // what it is owed is LookLater's to judge
    if (sub.dead_op && !sub.end_explained) {
      ++false_deaths_;
      return Contradict(
          "a watcher died though nothing was replaced",
          {{sub.opened_op, sub.Name() + " listens"},
           {*sub.dead_op, "it is told that the watcher is dead, and no fault precedes"}});
    }
    std::vector<const Replacement*> met;
    for (const Replacement& r : replacements_) {
      if (r.begin_ns() >= sub.opened_ns && r.begin_ns() < sub.ended_ns) met.push_back(&r);
    }
    if (!met.empty()) LookThrough(sub, met);
  }

  void LookLater(const History& history, const std::vector<Subscriber>& subscribers) {
    for (const Call& call : history.Calls("watch")) {
      const std::string& process = call.invoke->process;
      if (!DeadIsHeld(subscribers, process, call.invoke->value["backend"].Text(),
                      call.invoke->t_ns)) {
        continue;
      }
      ++later_asks_;
      const std::string& outcome = call.ok() ? call.end->value["outcome"].Text() : "";
      if (outcome == "refused") {
        const std::string error = PlainText(call.end->value["error"]);
        if (std::ranges::any_of(kDeathSentences, [&](auto s) { return Contains(error, s); }))
          continue;
        Contradict("a late subscriber was refused without the death sentence",
                   {{call.invoke_index, process + " asks for a watcher after the death"},
                    {call.end_index, "it is refused with \"" + error +
                                         "\", which does not say that the database was replaced"}});
      } else if (outcome != "opened") {
        Undecided(process + " asked after the death and the call did not end ok");
      }
    }
    for (const Subscriber& sub : subscribers) {
      if (!sub.late || sub.lazy) continue;
      const Answer* quiet = QuietDeathWatch(sub, sub.opened_ns);
      if (sub.dead_op) {
        later_max_ns_ = std::max(later_max_ns_, sub.dead_ns - sub.opened_ns);
      } else if (quiet) {
        ++silent_;
        Contradict("a late subscriber is told nothing of the death",
                   {{sub.opened_op, sub.Name() + " is opened after the death"},
                    {quiet->end_op,
                     "await_death reached its limit with the watcher awake: it was "
                     "never told that the database was replaced"}});
      } else {
        Undecided("no await_death that decides about " + sub.Name());
      }
    }
    if (later_asks_ == 0) Undecided("nobody asked for a watcher after the death");
  }

  Verdict Say() {
    Value figures = Value::MakeObject({{"replacements", replacements_.size()},
                                       {"judged", judged_},
                                       {"died", died_},
                                       {"silent", silent_},
                                       {"false_deaths", false_deaths_},
                                       {"reused", reused_},
                                       {"reused_died", reused_died_},
                                       {"undecided", undecided_},
                                       {"later_asks", later_asks_}});
    if (!detection_ns_.empty()) {
      const int64_t max_ns = *std::ranges::max_element(detection_ns_);
      figures.Set("detection_max_ms", static_cast<double>(max_ns) / 1e6);
    }
    if (later_asks_ > 0) figures.Set("later_max_ms", static_cast<double>(later_max_ns_) / 1e6);
    AddPercentiles(figures, "detection", std::move(detection_ns_));
    if (!proof_.empty()) return Fail(reason_, std::move(proof_), std::move(figures));
    if (replacements_.empty()) return Unknown("no file swap happened", std::move(figures));
    if (judged_ == 0 && why_.empty()) why_ = "no subscriber listened when the file was replaced";
    if (undecided_ == 0 && judged_ > 0 && reused_ == judged_) {
      why_ = "inode number was reused: measured only";
    }
    if (!why_.empty()) return Unknown(why_, std::move(figures));
    return Pass("all of " + Count(died_, "subscriber") + " learned it", std::move(figures));
  }

 private:
  // The first await_death begun after that moment whose limit passed with the watcher proved awake.
  static const Answer* QuietDeathWatch(const Subscriber& sub, int64_t from_ns) {
    for (const Answer& answer : sub.answers) {
      if (answer.command == "await_death" && answer.result == "quiet" &&
          answer.invoke_ns >= from_ns) {
        return &answer;
      }
    }
    return nullptr;
  }

  void LookAfterDeath(const Subscriber& sub) {
    if (sub.dead_rc != -1) {
      Contradict(
          "a subscriber was told of the death with another code than -1",
          {{*sub.dead_op, sub.Name() + ": the wait returned " + std::to_string(sub.dead_rc)}});
    }
    for (const Answer& answer : sub.answers) {
      if (answer.invoke_ns < sub.dead_ns || answer.result != "quiet") continue;
      Contradict(
          "a dead subscriber is said to live",
          {{*sub.dead_op, sub.Name() + " is told that its watcher is dead"},
           {answer.end_op, std::string(answer.command) + " says \"quiet\" of it all the same"}});
    }
  }

  void LookThrough(const Subscriber& sub, const std::vector<const Replacement*>& met) {
    ++judged_;
    const Replacement& first = *met.front();
    for (const Answer& answer : sub.answers) {
      if (answer.command != "await_death" || answer.result != "quiet") continue;
      const Replacement* last = nullptr;
      for (const Replacement* r : met) {
        if (r->end_ns() <= answer.invoke_ns) last = r;
      }
      if (!last || (require_change_ && last->after == first.before)) continue;
      ++silent_;
      return Contradict(
          last->after == first.before
              ? "a subscriber was told nothing, and the file kept its identity"
              : "a subscriber hangs in silence though its file was replaced",
          {{sub.opened_op, sub.Name() + " listens"},
           {first.call.invoke_index, "the file is " + first.before.Text()},
           {last->call.end_index, "after \"" + last->call.invoke->value["fault"].Text() +
                                      "\" it is " + last->after.Text()},
           {answer.end_op,
            "await_death reached its limit with the watcher awake: nobody told it"}});
    }
    const bool same = met.back()->after == first.before;
    if (sub.dead_op) {
      ++died_;
      detection_ns_.push_back(sub.dead_ns - first.end_ns());
      if (same && require_change_) {
        ++reused_;
        ++reused_died_;
      } else if (message_ && !same) {
        LookForMessage(sub, met);
      }
    } else if (QuietDeathWatch(sub, met.back()->end_ns())) {
      ++reused_;  // quiet, and the identity is the same as before
    } else {
      Undecided("no await_death that decides about " + sub.Name());
    }
  }

  void LookForMessage(const Subscriber& sub, const std::vector<const Replacement*>& met) {
    const std::string expected = "expected " + met.front()->before.Text();
    for (size_t i : said_[sub.process]) {
      if (!Contains(lines_[i], expected)) continue;
      for (const Replacement* r : met) {
        if (r->after == Identity() || Contains(lines_[i], "found " + r->after.Text())) return;
        if (LeavesAGap(*r) && Contains(lines_[i], "found nothing")) return;
      }
    }
    const auto over = collected_.find(sub.process);
    if (over == collected_.end()) {
      return Undecided(sub.process + " is not over: its stderr was not collected");
    }
    std::vector<ProofStep> proof = {
        {met.front()->call.end_index,
         "the file was " + met.front()->before.Text() + " and is " + met.front()->after.Text()},
        {*sub.dead_op, sub.Name() + " is told that its watcher is dead"}};
    for (size_t i : said_[sub.process]) proof.push_back({i, "its stderr says: " + lines_[i]});
    std::ranges::stable_sort(proof, {}, &ProofStep::op);
    proof.push_back({over->second, "no line on its stderr says \"database file replaced: " +
                                       expected + ", found " + met.back()->after.Text() + "\""});
    Contradict("the death was not said with both identities on stderr", std::move(proof));
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

  const std::vector<Replacement> replacements_;
  const bool message_;
  const bool require_change_;
  std::map<std::string, std::vector<size_t>>
      said_;  // by process: stderr events about a replacement
  std::map<size_t, std::string> lines_;
  std::map<std::string, size_t> collected_;  // processes that are over, with their `died` event
  int64_t judged_ = 0;
  int64_t died_ = 0;
  int64_t silent_ = 0;
  int64_t false_deaths_ = 0;
  int64_t reused_ = 0;
  int64_t reused_died_ = 0;
  int64_t undecided_ = 0;
  int64_t later_asks_ = 0;
  int64_t later_max_ns_ = 0;
  std::vector<int64_t> detection_ns_;
  std::string why_;
  std::string reason_;
  std::vector<ProofStep> proof_;
};

}  // namespace

Verdict CheckSwapDeath(const History& history, const Expectation& expectation) {
  const std::vector<Subscriber> subscribers = Subscribers(history);
  Judge judge(history, expectation.params);
  for (const Subscriber& sub : subscribers) judge.Look(sub);
  if (expectation.params["later"].Bool()) judge.LookLater(history, subscribers);
  return judge.Say();
}

}  // namespace harness
