#include "harness/oracle/watch_cost.h"

#include <algorithm>
#include <map>
#include <utility>

#include "harness/oracle/verdicts.h"

namespace harness {
namespace {

// What a watcher may do at once however short the window is.
constexpr int64_t kSlackSleeps = 50;
constexpr int64_t kSpinUsPerSleep = 10'000;
// A shorter window shows no spinning: one look may fill it.
constexpr int64_t kSpinWindowMs = 100;

struct Window {
  Call first;
  Call last;

  const Value& begin() const { return first.end->value; }
  const Value& end() const { return last.end->value; }
  int64_t More(std::string_view what) const { return end()[what].Int() - begin()[what].Int(); }
  int64_t ms() const { return (last.end->t_ns - first.invoke->t_ns) / 1'000'000; }
  const std::string& process() const { return first.invoke->process; }
};

// By process and `during`.
std::map<std::pair<std::string, std::string>, Window> WindowsOf(const History& history) {
  std::map<std::pair<std::string, std::string>, Window> windows;
  for (const Call& call : history.Calls("cost")) {
    const Value& during = call.invoke->value["during"];
    if (!call.ok() || !during.is_text()) continue;
    const auto [at, fresh] =
        windows.try_emplace({call.invoke->process, during.Text()}, Window{call, call});
    if (!fresh) at->second.last = call;
  }
  std::erase_if(windows, [](const auto& entry) {
    return entry.second.first.invoke_index == entry.second.last.invoke_index;
  });
  return windows;
}

bool SomethingHappened(const History& history, const Window& window) {
  for (std::string_view command : {"quiesce", "watch"}) {
    for (const Call& call : history.Calls(command)) {
      if (call.ok() && call.invoke->process == window.process() &&
          call.invoke_index > window.first.end_index && call.end_index < window.last.invoke_index)
        return true;
    }
  }
  return false;
}

// Where a look itself sleeps, as the actor said of the databases that this process watches.
int64_t SleepsOfALook(const History& history, const std::string& process) {
  int64_t most = 1;
  for (const Call& call : history.Calls("watch")) {
    if (call.ok() && call.invoke->process == process)
      most = std::max(most, call.end->value["sleeps_of_a_look"].Int(1));
  }
  return most;
}

class Judge {
 public:
  Judge(const History& history, const Value& params) : history_(history), params_(params) {}

  void LookAt(const Window& window, const std::string& during) {
    ++windows_;
    if (!SomethingHappened(history_, window)) Undecided("nothing happened during " + during);
    if (window.begin()["threads"].Int() < 1) Undecided("no thread watched during " + during);
    const int64_t sleeps = window.More("sleeps");
    const int64_t cpu_us = window.More("cpu_us");
    const int64_t ms = std::max<int64_t>(window.ms(), 1);
    sleeps_per_s_ = std::max(sleeps_per_s_, sleeps * 1000 / ms);
    cpu_permille_ = std::max(cpu_permille_, cpu_us / ms);
    fds_more_ = std::max(fds_more_, window.More("fds"));

    const auto is = [&](std::string_view what, const std::string& bound) {
      return std::string(what) + " went from " + std::to_string(window.begin()[what].Int()) +
             " to " + std::to_string(window.end()[what].Int()) + " in " + std::to_string(ms) +
             " ms, " + bound;
    };
    const int64_t most = kSlackSleeps + ms * params_["sleeps_per_ms"].Int(3) *
                                            SleepsOfALook(history_, window.process()) *
                                            std::max<int64_t>(window.begin()["threads"].Int(), 1);
    if (sleeps > most) {
      Contradict("the watcher wakes up too often", window, during,
                 is("sleeps", std::to_string(most) + " more are allowed"));
    }
    if (ms >= kSpinWindowMs && cpu_us * 2 > ms * 1000 &&
        cpu_us > (std::max<int64_t>(sleeps, 0) + 1) * kSpinUsPerSleep) {
      Contradict("the watcher spins", window, during,
                 is("cpu_us", "with " + Count(sleeps, "sleep") + " in between"));
    }
    if (window.More("fds") > params_["fds"].Int(0)) {
      Contradict("descriptors pile up", window, during,
                 is("fds", std::to_string(params_["fds"].Int(0)) + " more are allowed"));
    }
    if (window.More("threads") > 0)
      Contradict("threads pile up", window, during, is("threads", "none more is allowed"));
  }

  void LookAtStderr(const std::string& process) {
    std::vector<size_t> lines;
    for (size_t i : history_.Events("stderr")) {
      if (history_.ops()[i].value["process"].Text() == process) lines.push_back(i);
    }
    const auto died = history_.Events("died");
    if (std::ranges::none_of(
            died, [&](size_t i) { return history_.ops()[i].value["process"].Text() == process; }))
      Undecided(process + " is not over: its stderr was not collected");
    lines_ += static_cast<int64_t>(lines.size());
    const int64_t most = params_["max_lines"].Int(16);
    if (static_cast<int64_t>(lines.size()) <= most || !proof_.empty()) return;
    reason_ = "the watcher floods stderr";
    proof_ = {{lines.front(), process + " begins to write to stderr"},
              {lines.back(), "that is line " + std::to_string(lines.size()) + ", and " +
                                 std::to_string(most) + " are allowed"}};
  }

  Verdict Say() {
    Value figures = Value::MakeObject({{"windows", windows_},
                                       {"sleeps_per_s", sleeps_per_s_},
                                       {"cpu_permille", cpu_permille_},
                                       {"fds_more", windows_ == 0 ? 0 : fds_more_},
                                       {"lines", lines_}});
    if (!proof_.empty()) return Fail(reason_, std::move(proof_), std::move(figures));
    if (windows_ == 0) return Unknown("cost was not asked twice", std::move(figures));
    if (!why_.empty()) return Unknown(why_, std::move(figures));
    return Pass(std::to_string(sleeps_per_s_) + " wake-ups a second at most, no descriptor more, " +
                    Count(lines_, "line") + " on stderr",
                std::move(figures));
  }

 private:
  void Contradict(const std::string& reason, const Window& window, const std::string& during,
                  const std::string& sentence) {
    if (!proof_.empty()) return;
    reason_ = reason;
    proof_ = {{window.first.end_index, window.process() + " is asked for its cost, " + during},
              {window.last.end_index, sentence}};
  }
  void Undecided(const std::string& why) {
    if (why_.empty()) why_ = why;
  }

  const History& history_;
  const Value& params_;
  int64_t windows_ = 0;
  int64_t sleeps_per_s_ = 0;
  int64_t cpu_permille_ = 0;
  int64_t fds_more_ = INT64_MIN;
  int64_t lines_ = 0;
  std::string why_;
  std::string reason_;
  std::vector<ProofStep> proof_;
};

}  // namespace

Verdict CheckWatchCost(const History& history, const Expectation& expectation) {
  Judge judge(history, expectation.params);
  std::string process;
  for (const auto& [key, window] : WindowsOf(history)) {
    judge.LookAt(window, key.second);
    if (key.first != process) judge.LookAtStderr(process = key.first);
  }
  return judge.Say();
}

}  // namespace harness
