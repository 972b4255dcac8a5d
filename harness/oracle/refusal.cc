#include "harness/oracle/refusal.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "harness/oracle/seen.h"
#include "harness/oracle/verdicts.h"

namespace harness {
namespace {

class Judge {
 public:
  Judge(const History& history, const Value& params) : history_(history), params_(params) {
    for (size_t i : history.Events("died")) {
      const Value& v = history.ops()[i].value;
      died_[v["process"].Text()] = i;
      if (v["expected"].Bool()) expected_.insert(v["process"].Text());
    }
    for (size_t i : history.Events("kill")) {
      expected_.insert(history.ops()[i].value["process"].Text());
    }
  }

  bool Covers(const std::string& process) const {
    return !params_["process"].is_text() || params_["process"].Text() == process;
  }

  void LookAtCall(const Call& call) {
    const std::string& process = call.invoke->process;
    if (!Covers(process)) return;
    ++asks_;
    processes_.insert(process);
    const ProofStep ask = {call.invoke_index, process + " asks for backend \"" +
                                                  call.invoke->value["backend"].Text() + "\""};
    if (call.in_doubt()) {
      if (expected_.contains(process)) return Undecided(process + " was killed while it asked");
      const auto died = died_.find(process);
      return Contradict("the open never returned",
                        {ask,
                         {died == died_.end() ? call.end_index : died->second,
                          "neither a handle nor a refusal came back"}});
    }
    if (call.failed()) {
      return Undecided("watch failed: " + PlainText(call.end->value["message"]));
    }
    if (call.end->value["outcome"].Text() == "opened") {
      ++opened_;
      if (params_["expect"].Text() != "refused") return;
      return Contradict("a watcher that cannot work was opened",
                        {ask, {call.end_index, "it is opened, where it has to be refused"}});
    }
    if (call.end->value["outcome"].Text() == "absent") {
      return Undecided(PlainText(call.end->value["error"]));
    }
    ++refused_;
    LookAtRefusal(call, ask);
  }

  void LookAtSubscribers(const std::vector<Subscriber>& subscribers) {
    const std::vector<Commit> commits = Commits(history_);
    const Activity activity(history_);
    for (const Subscriber& sub : subscribers) {
      if (sub.lazy || !Covers(sub.process)) continue;
      if (sub.dead_op) {
        Contradict("a handle that open returned was dead",
                   {{sub.opened_op, sub.Name() + " is opened"},
                    {*sub.dead_op, "its wait says that the watcher is dead"}});
        continue;
      }
      const SeenReport report = JudgeSeen({&sub}, commits, activity);
      judged_ += report.judged;
      lost_ += report.lost;
      if (report.first_loss && !WokeFor(sub, *report.first_loss->commit)) {
        std::vector<ProofStep> proof = ProofOf(*report.first_loss);
        const auto gone = NobodyLeft(sub);
        if (gone) {
          proof.push_back({*gone, "no thread of the subject is left, and no wait was told so"});
        }
        std::ranges::stable_sort(proof, {}, &ProofStep::op);
        Contradict(gone ? "a watcher was opened whose thread died: its wait hangs in silence"
                        : "a watcher was opened and does not work",
                   std::move(proof));
      } else if (report.first_loss) {
        continue;  // it lives
      } else if (report.seen == 0) {
        Undecided(report.undecided > 0 ? report.WhyUndecided()
                                       : "no commit shows that " + sub.Name() + " is alive");
      }
    }
  }

  void LookAtStderr() {
    if (!params_["stderr_mention"].is_text()) return;
    const std::string& wanted = params_["stderr_mention"].Text();
    std::map<std::string, std::vector<size_t>> lines;
    for (size_t i : history_.Events("stderr")) {
      const Value& v = history_.ops()[i].value;
      if (Contains(PlainText(v["line"]), wanted)) lines[v["process"].Text()].push_back(i);
    }
    for (const std::string& process : processes_) {
      const auto died = died_.find(process);
      if (died == died_.end()) {
        Undecided(process + " is not over: its stderr was not collected");
        continue;
      }
      const auto& found = lines[process];
      stderr_lines_ += static_cast<int64_t>(found.size());
      if (found.size() == 1) continue;
      std::vector<ProofStep> proof;
      for (size_t i : found) proof.push_back({i, process + " says it"});
      const size_t at = found.empty() ? died->second : found.back();
      proof.push_back({at, "\"" + wanted + "\" is on its stderr " +
                               Count(static_cast<int64_t>(found.size()), "time") + ", not once"});
      Contradict("the line on stderr was not said exactly once", std::move(proof));
    }
  }

  Verdict Say() {
    Value figures = Value::MakeObject({{"asks", asks_},
                                       {"refused", refused_},
                                       {"opened", opened_},
                                       {"judged", judged_},
                                       {"lost", lost_},
                                       {"stderr_lines", stderr_lines_}});
    if (!proof_.empty()) return Fail(reason_, std::move(proof_), std::move(figures));
    if (asks_ == 0) return Unknown("nobody asked for a watcher", std::move(figures));
    if (!why_.empty()) return Unknown(why_, std::move(figures));
    return Pass(Count(refused_, "ask") + " refused with the reason, " + std::to_string(opened_) +
                    " opened and alive",
                std::move(figures));
  }

 private:
  // A wake that comes too early for the re-read is lost all the same, but a handle that wakes
  // lives: whether each commit is seen is another claim.
  static bool WokeFor(const Subscriber& sub, const Commit& commit) {
    return std::ranges::any_of(sub.wakes,
                               [&](const Wake& wake) { return wake.t_ns >= commit.invoke_ns(); });
  }

  // Where the actor found that nobody is left who could wake that subscriber.
  std::optional<size_t> NobodyLeft(const Subscriber& sub) const {
    for (size_t i : history_.Events("thread_gone")) {
      const Op& op = history_.ops()[i];
      if (op.process == sub.process && !op.value["others_left"].Bool() && op.t_ns < sub.ended_ns) {
        return i;
      }
    }
    return std::nullopt;
  }

  void LookAtRefusal(const Call& call, const ProofStep& ask) {
    const std::string error = PlainText(call.end->value["error"]);
    if (params_["expect"].Text() == "opened") {
      return Contradict("a watcher that must work was refused",
                        {ask, {call.end_index, "it is refused: \"" + error + "\""}});
    }
    if (error.empty()) {
      return Contradict("a refusal gives no reason",
                        {ask, {call.end_index, "it is refused with \"\""}});
    }
    const Value& mention = params_["mention"];
    std::vector<Value> wanted = mention.items();
    if (mention.is_text()) wanted.push_back(mention);
    for (const Value& text : wanted) {
      if (ContainsInAnyCase(error, text.Text())) continue;
      return Contradict(
          "a refusal does not say why",
          {ask,
           {call.end_index, "it is refused with \"" + error + "\", which does not mention \"" +
                                text.Text() + "\""}});
    }
  }

  void Contradict(const std::string& reason, std::vector<ProofStep> proof) {
    if (!proof_.empty()) return;
    reason_ = reason;
    proof_ = std::move(proof);
  }
  void Undecided(const std::string& why) {
    if (why_.empty()) why_ = why;
  }

  const History& history_;
  const Value& params_;
  std::map<std::string, size_t> died_;
  std::set<std::string> expected_;   // processes whose end was intended
  std::set<std::string> processes_;  // that asked
  int64_t asks_ = 0;
  int64_t refused_ = 0;
  int64_t opened_ = 0;
  int64_t judged_ = 0;
  int64_t lost_ = 0;
  int64_t stderr_lines_ = 0;
  std::string why_;
  std::string reason_;
  std::vector<ProofStep> proof_;
};

}  // namespace

Verdict CheckDeclined(const History& history, const Expectation& expectation) {
  const std::string& backend = expectation.params["backend"].Text();
  std::set<std::string> fell_back;
  for (size_t i : history.Events("stderr")) {
    const Value& v = history.ops()[i].value;
    if (Contains(PlainText(v["line"]), "polling")) fell_back.insert(v["process"].Text());
  }
  int64_t asks = 0;
  int64_t opened = 0;
  int64_t fallbacks = 0;
  std::vector<ProofStep> proof;
  for (std::string_view command : {"watch", "work"}) {
    for (const Call& call : history.Calls(command)) {
      if (!call.ok() || call.invoke->value["backend"].Text() != backend) continue;
      ++asks;
      if (call.end->value["outcome"].Text() != "opened") continue;
      ++opened;
      const std::string& process = call.invoke->process;
      if (fell_back.contains(process)) {
        ++fallbacks;
        continue;
      }
      if (!proof.empty()) continue;
      proof = {{call.invoke_index, process + " asks for backend \"" + backend + "\""},
               {call.end_index,
                "it is opened, where it has to be refused, and says of no fall-back on stderr"}};
    }
  }
  Value figures = Value::MakeObject({{"asks", asks}, {"opened", opened}, {"fallbacks", fallbacks}});
  if (!proof.empty()) {
    return Fail("a watcher that cannot work was opened", std::move(proof), std::move(figures));
  }
  if (asks == 0) return Unknown("nobody asked for a watcher", std::move(figures));
  return Pass(Count(asks - fallbacks, "ask") + " declined, " + std::to_string(fallbacks) +
                  " fell back and said so",
              std::move(figures));
}

Verdict CheckRefusal(const History& history, const Expectation& expectation) {
  Judge judge(history, expectation.params);
  for (const Call& call : history.Calls("watch")) judge.LookAtCall(call);
  judge.LookAtSubscribers(Subscribers(history));
  judge.LookAtStderr();
  return judge.Say();
}

}  // namespace harness
