#include "harness/oracle/wake_silence.h"

#include <algorithm>
#include <map>
#include <string>

#include "harness/oracle/activity.h"
#include "harness/oracle/deaths.h"
#include "harness/oracle/seen.h"
#include "harness/oracle/verdicts.h"

namespace harness {
namespace {

struct Window {
  Call call;
  std::string what;
  bool committed = false;  // something was, or may have been, committed inside
  int64_t from_ns() const { return call.invoke->t_ns; }
  int64_t to_ns() const { return call.end->t_ns; }
};

std::vector<Window> Windows(const History& history, const std::vector<Commit>& commits) {
  std::vector<Window> windows;
  for (const Call& call : history.Calls("window")) {
    if (!call.ok()) continue;
    Window window{.call = call, .what = call.invoke->value["what"].Text()};
    std::ranges::replace(window.what, ' ', '_');
    windows.push_back(std::move(window));
  }
  // Windows follow one another, so the first one that ends after a commit began is the one it may
  // be in.
  const Deaths deaths(history);
  for (const Commit& commit : commits) {
    if (commit.call.failed()) continue;
    auto it = std::ranges::upper_bound(windows, commit.invoke_ns(), {}, &Window::to_ns);
    for (; it != windows.end() && it->from_ns() < deaths.EndOf(commit.call); ++it)
      it->committed = true;
  }
  return windows;
}

class Judge {
 public:
  explicit Judge(const History& history) : activity_(history) {}

  void Look(const Window& window, const Subscriber& sub) {
    if (sub.lazy || sub.opened_ns > window.from_ns() || sub.ended_ns <= window.from_ns()) return;
    if (sub.ended_ns <= window.to_ns()) {
      if (!sub.end_explained) Undecided(sub.Name() + " ended inside the window " + window.what);
      return;
    }
    if (window.committed)
      return Undecided("something was committed inside the window " + window.what);
    ++judged_;
    last_judged_ns_[&sub] = window.to_ns();
    const auto from = std::ranges::lower_bound(sub.wakes, window.from_ns(), {}, &Wake::t_ns);
    const auto to = std::ranges::upper_bound(sub.wakes, window.to_ns(), {}, &Wake::t_ns);
    if (from < to && !SettledBefore(window, sub)) {
      return Undecided("no proof of silence lies between the window " + window.what +
                       " and what went before");
    }
    if (from < to) {
      spurious_ += to - from;
      by_what_[window.what].spurious += to - from;
      if (proof_.empty()) Prove(window, sub, *from);
      return;
    }
    if (!ProvedQuiet(window, sub)) {
      Undecided("no quiesce proved " + sub.Name() + " quiet at the end of the window " +
                window.what);
    }
  }

  // The watcher lived: after the last window of each subscriber it saw a commit.
  void LookForLife(const std::vector<Commit>& commits) {
    for (const auto& entry : last_judged_ns_) {
      const Subscriber* sub = entry.first;
      std::vector<Commit> later = commits;
      std::erase_if(later, [&](const Commit& c) { return c.invoke_ns() < entry.second; });
      if (JudgeSeen({sub}, later, activity_).seen > 0) continue;
      Undecided("no commit after the last window was seen by " + sub->Name());
    }
  }

  void CountWindow(const Window& window) { ++by_what_[window.what].windows; }
  void Undecided(const std::string& why) {
    ++undecided_;
    if (why_.empty()) why_ = why;
  }

  Verdict Say(size_t windows) {
    Value figures = Value::MakeObject({{"windows", windows},
                                       {"judged", judged_},
                                       {"spurious", spurious_},
                                       {"undecided", undecided_}});
    for (const auto& [what, counts] : by_what_) {
      figures.Set("windows_" + what, counts.windows);
      figures.Set("spurious_" + what, counts.spurious);
    }
    if (!proof_.empty()) {
      return Fail(Count(spurious_, "wake") + " without a commit", std::move(proof_),
                  std::move(figures));
    }
    if (windows == 0) return Unknown("no window was tried", std::move(figures));
    if (judged_ == 0 && why_.empty()) why_ = "no subscriber listened through a window";
    if (!why_.empty()) return Unknown(why_, std::move(figures));
    return Pass("no wake in " + Count(static_cast<int64_t>(windows), "window"), std::move(figures));
  }

 private:
  struct Counts {
    int64_t windows = 0;
    int64_t spurious = 0;
  };

  // Whether silence was proved after everything that went before: what wakes inside was caused
  // inside.
  bool SettledBefore(const Window& window, const Subscriber& sub) const {
    if (!activity_.Any(sub.asked_ns, window.from_ns())) return true;
    const auto after = std::ranges::upper_bound(sub.answers, window.from_ns(), {}, &Answer::end_ns);
    for (auto it = after; it != sub.answers.begin();) {
      --it;
      if (it->result != "quiet" || it->command == "await_death") continue;
      return !activity_.Any(it->invoke_ns, window.from_ns());
    }
    return false;
  }

  bool ProvedQuiet(const Window& window, const Subscriber& sub) const {
    const auto after = std::ranges::upper_bound(sub.answers, window.to_ns(), {}, &Answer::end_ns);
    for (auto it = after; it != sub.answers.begin();) {
      --it;
      if (it->invoke_ns < window.from_ns()) return false;
      if (it->command != "quiesce" || it->result != "quiet") continue;
      return !activity_.Any(it->invoke_ns, window.to_ns());
    }
    return false;
  }

  void Prove(const Window& window, const Subscriber& sub, const Wake& wake) {
    proof_.push_back({window.call.invoke_index,
                      "the window \"" + window.what + "\" opens: nothing is committed inside"});
    const size_t first = activity_.FirstFrom(window.from_ns());
    for (size_t i = first; i < activity_.calls().size() && i < first + 5; ++i) {
      const Call& call = activity_.calls()[i];
      if (call.invoke_index > wake.op) break;
      proof_.push_back({call.invoke_index, call.invoke->process + " does " + call.invoke->name});
    }
    proof_.push_back(
        {wake.op, sub.Name() + " wakes, though nothing was committed" +
                      (wake.read && !wake.news ? ", and its re-read sees nothing new" : "")});
  }

  const Activity activity_;
  std::map<std::string, Counts> by_what_;
  std::map<const Subscriber*, int64_t> last_judged_ns_;
  int64_t judged_ = 0;
  int64_t spurious_ = 0;
  int64_t undecided_ = 0;
  std::string why_;
  std::vector<ProofStep> proof_;
};

}  // namespace

Verdict CheckWakeSilence(const History& history, const Expectation&) {
  const std::vector<Commit> commits = Commits(history);
  const std::vector<Window> windows = Windows(history, commits);
  const std::vector<Subscriber> subscribers = Subscribers(history);
  Judge judge(history);
  for (const Window& window : windows) {
    judge.CountWindow(window);
    for (const Subscriber& sub : subscribers) judge.Look(window, sub);
  }
  judge.LookForLife(commits);
  return judge.Say(windows.size());
}

}  // namespace harness
