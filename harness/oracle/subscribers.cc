#include "harness/oracle/subscribers.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "harness/oracle/commits.h"
#include "harness/oracle/replacements.h"

namespace harness {
namespace {

using Marks = std::map<std::string, int64_t>;

constexpr std::string_view kAsking[] = {"await", "quiesce", "await_death"};

bool Deadly(const Value& signal) {
  const std::string& name = signal.Text();
  return name.find("STOP") == std::string::npos && name.find("CONT") == std::string::npos &&
         signal.Int() != 18 && signal.Int() != 19 && signal.Int() != 20;
}

// The names that mean the same backend (SPEC section 4).
std::string Canonical(const std::string& backend) {
  if (backend.empty() || backend == "poll") return "polling";
  if (backend == "kernel-watcher") return "kernel";
  if (backend == "shm-fast-path") return "shm";
  return backend;
}

class Collector {
 public:
  explicit Collector(const History& history) : history_(history) {}

  std::vector<Subscriber> Collect() {
    Open();
    for (size_t i : history_.Events("wake")) AddWake(i);
    for (size_t i : history_.Events("dead")) {
      const Op& op = history_.ops()[i];
      Die(Life(op.process, op.value["sub"].Int(), op.t_ns), i, op.value["rc"].Int(-1));
    }
    for (std::string_view command : kAsking) AddAnswers(command);
    Unwatch();
    LoseProcesses();
    Explain();
    for (size_t i = 0; i < subs_.size(); ++i) Finish(subs_[i], *baselines_[i]);
    return std::move(subs_);
  }

 private:
  void Open() {
    // What was acknowledged before a watch was asked for is no news to it.
    std::vector<Commit> commits = Commits(history_);
    std::erase_if(commits, [](const Commit& c) { return !c.call.ok(); });
    std::ranges::sort(commits, {}, &Commit::end_ns);
    auto known = std::make_shared<Marks>();
    auto next = commits.begin();
    for (const Call& call : history_.Calls("watch")) {
      if (next != commits.end() && next->end_ns() <= call.invoke->t_ns) {
        known = std::make_shared<Marks>(*known);
        for (; next != commits.end() && next->end_ns() <= call.invoke->t_ns; ++next) {
          int64_t& mark = (*known)[next->writer];
          mark = std::max(mark, next->seq);
        }
      }
      if (!call.ok() || call.end->value["outcome"].Text() != "opened") continue;
      const int64_t lazy = call.end->value["lazy"].Int(call.invoke->value["lazy"].Int());
      int64_t position = 0;
      for (const Value& number : call.end->value["subs"].items()) {
        Subscriber sub;
        sub.process = call.invoke->process;
        sub.number = number.Int();
        sub.backend = Canonical(call.invoke->value["backend"].Text());
        sub.lazy = position++ < lazy;
        sub.opened_op = call.end_index;
        sub.asked_ns = call.invoke->t_ns;
        sub.opened_ns = call.end->t_ns;
        lives_[{sub.process, sub.number}].push_back(subs_.size());
        by_process_[sub.process].push_back(subs_.size());
        subs_.push_back(std::move(sub));
        baselines_.push_back(known);
      }
    }
  }

  // The life of that number at that time: the last one that had been asked for. A wake may come
  // before the reply to its `watch` is written.
  Subscriber* Life(const std::string& process, int64_t number, int64_t t_ns) {
    const auto it = lives_.find({process, number});
    if (it == lives_.end()) return nullptr;
    const auto after =
        std::ranges::upper_bound(it->second, t_ns, {}, [&](size_t i) { return subs_[i].asked_ns; });
    return after == it->second.begin() ? nullptr : &subs_[*std::prev(after)];
  }

  void AddWake(size_t i) {
    const Op& op = history_.ops()[i];
    Subscriber* sub = Life(op.process, op.value["sub"].Int(), op.t_ns);
    if (!sub) return;
    const Value& seen = op.value["seen"];
    sub->wakes.push_back({.op = i,
                          .t_ns = op.t_ns,
                          .begin_ns = op.value["begin"].Int(op.t_ns),
                          .read = seen.is_object(),
                          .news = false,
                          .seen = &seen});
  }

  void AddAnswers(std::string_view command) {
    for (const Call& call : history_.Calls(command)) {
      if (!call.ok()) continue;
      for (const Value& said : call.end->value["subs"].items()) {
        Subscriber* sub = Life(call.invoke->process, said["sub"].Int(), call.invoke->t_ns);
        if (!sub) continue;
        sub->answers.push_back({.invoke_op = call.invoke_index,
                                .end_op = call.end_index,
                                .invoke_ns = call.invoke->t_ns,
                                .end_ns = call.end->t_ns,
                                .command = command,
                                .result = said["result"].Text()});
        if (said["result"].Text() == "dead") Die(sub, call.end_index, -1);
      }
    }
  }

  void Die(Subscriber* sub, size_t op, int64_t rc) {
    if (!sub || (sub->dead_op && *sub->dead_op <= op)) return;
    sub->dead_op = op;
    sub->dead_ns = history_.ops()[op].t_ns;
    sub->dead_rc = rc;
    End(*sub, Ending::kDead, op, sub->dead_ns);
  }

  static void End(Subscriber& sub, Ending ending, size_t op, int64_t t_ns) {
    if (t_ns >= sub.ended_ns) return;
    sub.ending = ending;
    sub.ended_op = op;
    sub.ended_ns = t_ns;
  }

  void Unwatch() {
    for (const Call& call : history_.Calls("unwatch")) {
      const int64_t t_ns = call.invoke->t_ns;
      const Value& listed = call.invoke->value["subs"];
      for (size_t i : by_process_[call.invoke->process]) {
        Subscriber& sub = subs_[i];
        if (sub.opened_ns > t_ns || sub.released_ns <= t_ns) continue;
        const auto is_this = [&](const Value& v) { return v.Int() == sub.number; };
        if (listed.is_array() && std::ranges::none_of(listed.items(), is_this)) continue;
        sub.released_ns = t_ns;
        End(sub, Ending::kUnwatched, call.invoke_index, t_ns);
      }
    }
  }

  void LoseProcesses() {
    std::map<std::string, std::vector<size_t>> kills;
    for (size_t i : history_.Events("kill")) {
      const Value& v = history_.ops()[i].value;
      if (Deadly(v["signal"])) kills[v["process"].Text()].push_back(i);
    }
    for (size_t i : history_.Events("died")) {
      const Op& op = history_.ops()[i];
      const std::string& process = op.value["process"].Text();
      // A process that was killed listens no more from the signal on, not from its reaping on.
      size_t end_op = i;
      for (size_t kill : kills[process]) {
        if (kill < i) end_op = kill;
      }
      for (size_t k : by_process_[process]) {
        Subscriber& sub = subs_[k];
        if (sub.opened_ns > op.t_ns || sub.released_ns <= op.t_ns) continue;
        const int64_t t_ns = std::max(sub.opened_ns, history_.ops()[end_op].t_ns);
        sub.released_ns = t_ns;
        End(sub, Ending::kProcessDied, end_op, t_ns);
        if (sub.ending != Ending::kProcessDied) continue;
        sub.end_explained = end_op != i || op.value["expected"].Bool();
      }
    }
  }

  void Explain() {
    std::vector<int64_t> faults;
    for (const Call& fault : history_.Calls("fault")) {
      if (!fault.failed() && TargetsFiles(fault)) faults.push_back(fault.invoke->t_ns);
    }
    for (Watcher& watcher : ShareWatchers()) {
      // All handles of one watcher are told when it dies: whatever fault met it explains them all.
      const auto it = std::ranges::lower_bound(faults, watcher.since_ns);
      for (size_t i : watcher.members) {
        Subscriber& sub = subs_[i];
        if (sub.ending != Ending::kDead) continue;
        sub.end_explained = it != faults.end() && *it <= sub.dead_ns;
      }
    }
  }

  struct Watcher {
    int64_t since_ns;
    int64_t dead_ns = INT64_MAX;
    int64_t released_ns = INT64_MIN;
    std::vector<size_t> members;
  };

  // Subscribers come in the order of being asked for, so a watcher is over where all handles so far
  // were closed before the next one.
  std::vector<Watcher> ShareWatchers() {
    std::vector<Watcher> watchers;
    std::map<std::pair<std::string, std::string>, size_t> current;
    for (size_t i = 0; i < subs_.size(); ++i) {
      Subscriber& sub = subs_[i];
      const auto [it, first] = current.try_emplace({sub.process, sub.backend}, watchers.size());
      if (first || watchers[it->second].released_ns <= sub.asked_ns) {
        it->second = watchers.size();
        watchers.push_back({.since_ns = sub.asked_ns, .members = {}});
      }
      Watcher& watcher = watchers[it->second];
      sub.watcher = it->second;
      sub.late = watcher.dead_ns <= sub.asked_ns;
      watcher.members.push_back(i);
      watcher.dead_ns = std::min(watcher.dead_ns, sub.dead_ns);
      watcher.released_ns = std::max(watcher.released_ns, sub.released_ns);
    }
    return watchers;
  }

  static void Finish(Subscriber& sub, Marks best) {
    std::ranges::stable_sort(sub.answers, {}, &Answer::invoke_op);
    for (Wake& wake : sub.wakes) {
      for (const Value::Member& m : wake.seen->members()) {
        int64_t& known = best[m.name];
        wake.news |= m.value.Int() > known;
        known = std::max(known, m.value.Int());
      }
    }
  }

  const History& history_;
  std::vector<Subscriber> subs_;
  std::vector<std::shared_ptr<const Marks>> baselines_;  // parallel to subs_
  std::map<std::pair<std::string, int64_t>, std::vector<size_t>> lives_;
  std::map<std::string, std::vector<size_t>> by_process_;
};

}  // namespace

bool DeadIsHeld(const std::vector<Subscriber>& subscribers, const std::string& process,
                const std::string& backend, int64_t t_ns) {
  std::set<size_t> dead;
  std::set<size_t> held;
  for (const Subscriber& sub : subscribers) {
    if (sub.process != process || sub.backend != Canonical(backend) || sub.asked_ns > t_ns)
      continue;
    if (sub.dead_ns <= t_ns) dead.insert(sub.watcher);
    if (sub.released_ns > t_ns) held.insert(sub.watcher);
  }
  return std::ranges::any_of(dead, [&](size_t watcher) { return held.contains(watcher); });
}

std::vector<Subscriber> Subscribers(const History& history) { return Collector(history).Collect(); }

}  // namespace harness
