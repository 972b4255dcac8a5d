#include "harness/oracle/fired_once.h"

#include <algorithm>
#include <map>
#include <set>

#include "harness/oracle/jobs.h"
#include "harness/oracle/verdicts.h"

namespace harness {
namespace {

constexpr int64_t kMostFiresATick = 64;

struct Schedule {
  size_t event;
  std::string queue;
  int64_t first;
  int64_t every;
  std::map<int64_t, size_t> told;     // boundary, and the op that told of it
  std::map<int64_t, size_t> job_ids;  // job, and the op that told of it
};

class Judge {
 public:
  explicit Judge(const History& history) : ticks_(history.Calls("tick")) {
    for (const size_t i : history.Events("schedule")) {
      const Value& v = history.ops()[i].value;
      schedules_[v["name"].Text()] = {i, v["queue"].Text(), v["first"].Int(), v["every"].Int(), {},
                                      {}};
    }
    for (const Left& left : JobsLeft(history)) lefts_[left.queue] = left;
  }

  Verdict Run(int64_t min_cut_off) {
    for (const Call& tick : ticks_) LookAt(tick);
    if (last_doubt_ <= last_now_) {
      for (const auto& [name, schedule] : schedules_) Compare(name, schedule);
    }
    const Value figures = Value::MakeObject({{"boundaries", boundaries_},
                                             {"jobs", jobs_},
                                             {"told", told_},
                                             {"ticks", ticks_.size()},
                                             {"ticks_in_doubt", in_doubt_},
                                             {"cut_off", cut_off_},
                                             {"lost", lost_},
                                             {"doubled", doubled_}});
    if (!proof_.empty()) return Fail(contradiction_, proof_, figures);
    if (schedules_.empty()) return Unknown("no schedule", figures);
    if (ok_ == 0) return Unknown("no tick ended ok", figures);
    if (last_doubt_ > last_now_)
      return Unknown("the tick with the greatest now may or may not have happened", figures);
    if (!undecided_.empty()) return Unknown(undecided_, figures);
    if (cut_off_ < min_cut_off) {
      return Unknown(Count(cut_off_, "tick") + " ended with its process, asked for are " +
                         std::to_string(min_cut_off),
                     figures);
    }
    return Pass("every boundary fired once: " + std::to_string(boundaries_) + " of them", figures);
  }

 private:
  void LookAt(const Call& tick) {
    if (tick.failed()) return;
    const int64_t now = tick.invoke->value["now"].Int();
    if (!tick.ok()) {
      ++in_doubt_;
      last_doubt_ = std::max(last_doubt_, now);
      cut_off_ += tick.end == nullptr ? 1 : 0;
      return;
    }
    ++ok_;
    last_now_ = std::max(last_now_, now);
    std::map<std::string, int64_t> fires;
    for (const Value& fire : tick.end->value["fires"].items()) {
      const std::string& name = fire["name"].Text();
      const auto found = schedules_.find(name);
      if (found == schedules_.end() || !fire["fire_at"].is_int()) {
        Contradict("a tick tells of what is no fire", {{tick.end_index, fire.Print()}});
        continue;
      }
      Hear(tick, now, name, found->second, fire["fire_at"].Int(), fire["job_id"].Int());
      if (++fires[name] != kMostFiresATick + 1) continue;
      Contradict("more than 64 fires of one schedule in one tick",
                 {{tick.end_index, Who(tick) + " fires " + name + " once more than 64 times"}});
    }
  }

  static std::string Who(const Call& tick) { return tick.invoke->process; }

  void Hear(const Call& tick, int64_t now, const std::string& name, Schedule& schedule, int64_t at,
            int64_t job) {
    ++told_;
    const std::string fire = Who(tick) + " fires " + name + " at " + std::to_string(at);
    if (at < schedule.first || (at - schedule.first) % schedule.every != 0 || at > now) {
      Contradict("a fire at no boundary that was due",
                 {{tick.end_index, fire + ", ticking at " + std::to_string(now)}});
      return;
    }
    const auto [before, fresh] = schedule.told.emplace(at, tick.end_index);
    if (!fresh) {
      ++doubled_;
      Contradict("a boundary fired twice",
                 {{before->second, name + " at " + std::to_string(at) + " is fired"},
                  {tick.end_index, fire + " once more"}});
    }
    const auto [other, new_job] = schedule.job_ids.emplace(job, tick.end_index);
    if (!new_job) {
      Contradict("one job stands for two fires",
                 {{other->second, "job " + std::to_string(job) + " is made"},
                  {tick.end_index, fire + " as the same job"}});
    }
  }

  void Compare(const std::string& name, const Schedule& schedule) {
    const auto found = lefts_.find(schedule.queue);
    if (found == lefts_.end() || !IsFinal(found->second)) {
      undecided_ = "no jobs_left of \"" + schedule.queue + "\" after the last tick";
      return;
    }
    const Left& left = found->second;
    std::set<int64_t> jobs(left.live.begin(), left.live.end());
    jobs.insert(left.dead.begin(), left.dead.end());
    for (const auto& [job, op] : schedule.job_ids) {
      if (jobs.contains(job)) continue;
      Contradict("a job that was told of is gone",
                 {{op, "job " + std::to_string(job) + " of " + name + " is told of"},
                  {left.call.end_index, "it is not there"}});
    }
    const int64_t due =
        last_now_ < schedule.first ? 0 : (last_now_ - schedule.first) / schedule.every + 1;
    const auto there = static_cast<int64_t>(jobs.size());
    boundaries_ += due;
    jobs_ += there;
    if (there == due) return;
    (there < due ? lost_ : doubled_) += std::abs(due - there);
    Contradict(
        there < due ? "a boundary was lost" : "a boundary fired twice",
        {{schedule.event, name + " begins at " + std::to_string(schedule.first) + ", every " +
                              std::to_string(schedule.every) + " s"},
         {left.call.end_index, "up to " + std::to_string(last_now_) + " that is " +
                                   Count(due, "time") + ", and there are " + Count(there, "job")}});
  }

  bool IsFinal(const Left& left) const {
    return std::ranges::none_of(ticks_, [&](const Call& tick) {
      return tick.invoke_index > left.call.invoke_index ||
             (tick.end != nullptr && tick.end_index > left.call.invoke_index);
    });
  }

  void Contradict(const std::string& what, std::vector<ProofStep> proof) {
    if (!proof_.empty()) return;
    contradiction_ = what;
    proof_ = std::move(proof);
  }

  std::vector<Call> ticks_;
  std::map<std::string, Schedule> schedules_;
  std::map<std::string, Left> lefts_;
  int64_t last_now_ = INT64_MIN;    // of ticks that happened
  int64_t last_doubt_ = INT64_MIN;  // of ticks that may have
  int64_t boundaries_ = 0, jobs_ = 0, told_ = 0, ok_ = 0, in_doubt_ = 0, cut_off_ = 0;
  int64_t lost_ = 0, doubled_ = 0;
  std::string contradiction_;
  std::vector<ProofStep> proof_;
  std::string undecided_;
};

}  // namespace

Verdict CheckFiredOnce(const History& history, const Expectation& expectation) {
  return Judge(history).Run(expectation.params["min_cut_off"].Int(0));
}

}  // namespace harness
