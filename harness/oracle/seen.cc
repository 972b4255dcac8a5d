#include "harness/oracle/seen.h"

#include <algorithm>

namespace harness {
namespace {

struct Sighting {
  int64_t begin_ns;
  int64_t mark;
  const Wake* wake;
};

// The report in the making, with what is counted once per commit.
struct Tally {
  explicit Tally(const std::vector<Commit>& all)
      : commits(all), is_judged(all.size()), is_lost(all.size()) {}

  size_t IndexOf(const Commit& commit) const {
    return static_cast<size_t>(&commit - commits.data());
  }
  void Judged(const Commit& commit) {
    ++report.judged;
    is_judged[IndexOf(commit)] = 1;
  }

  const std::vector<Commit>& commits;
  SeenReport report;
  std::vector<char> is_judged;
  std::vector<char> is_lost;
};

// One subscriber's side of the judgement.
class Listener {
 public:
  Listener(const Subscriber& sub, const Activity& activity) : sub_(sub) {
    for (const Wake& wake : sub.wakes) {
      if (!wake.read) failed_reads_.push_back(wake.begin_ns);
      for (const Value::Member& m : wake.seen->members()) {
        sightings_[m.name].push_back({wake.begin_ns, m.value.Int(), &wake});
      }
    }
    std::ranges::sort(failed_reads_);
    for (auto& [writer, theirs] : sightings_) {
      std::ranges::stable_sort(theirs, {}, &Sighting::begin_ns);
    }
    for (const Answer& answer : sub.answers) {
      if (answer.command == "await_death") continue;
      if (answer.result == "quiet") {
        const bool alone = !activity.Any(answer.invoke_ns, answer.end_ns);
        if (alone) {
          quiet_.push_back(&answer);
        } else {
          last_disturbed_ns_ = answer.invoke_ns;
        }
      }
      if (answer.result == "limit") last_limit_ns_ = answer.invoke_ns;
    }
  }

  // Judges the commits of one writer, which come in the order of their invokes. While marks grow,
  // the wake that first saw a commit is never before the one that first saw its predecessor, so one
  // pass over the sightings serves all commits; a mark that goes back rewinds it.
  void Judge(const std::vector<const Commit*>& commits, Tally& tally) const {
    static const std::vector<Sighting> kNone;
    const auto it = sightings_.find(commits.front()->writer);
    const std::vector<Sighting>& sightings = it == sightings_.end() ? kNone : it->second;
    auto at = sightings.begin();
    int64_t previous = INT64_MIN;
    int64_t lost_in_a_row = 0;
    for (const Commit* commit : commits) {
      if (commit->invoke_ns() < sub_.opened_ns) continue;
      if (commit->invoke_ns() >= sub_.ended_ns && sub_.end_explained) continue;
      if (commit->seq < previous) at = sightings.begin();
      previous = commit->seq;
      while (at != sightings.end() &&
             (at->begin_ns < commit->invoke_ns() || at->mark < commit->seq)) {
        ++at;
      }
      const int64_t lost_before = tally.report.lost;
      JudgeOne(*commit, at == sightings.end() ? nullptr : at->wake, tally);
      lost_in_a_row = tally.report.lost > lost_before ? lost_in_a_row + 1 : 0;
      tally.report.longest_loss = std::max(tally.report.longest_loss, lost_in_a_row);
    }
  }

 private:
  void JudgeOne(const Commit& commit, const Wake* wake, Tally& tally) const {
    SeenReport& report = tally.report;
    const auto proof = std::ranges::lower_bound(quiet_, commit.end_ns(), {}, &Answer::invoke_ns);
    const Answer* quiet = proof == quiet_.end() ? nullptr : *proof;
    const auto undecided = [&](const std::string& why) {
      tally.Judged(commit);
      ++report.undecided;
      ++report.undecided_why[why];
    };
    if (quiet && (!wake || wake->begin_ns >= quiet->end_ns)) {
      const auto failed = std::ranges::lower_bound(failed_reads_, commit.invoke_ns());
      if (failed != failed_reads_.end() && *failed < quiet->end_ns) {
        undecided("a wake came, but its re-read failed");
        return;
      }
      tally.Judged(commit);
      ++report.lost;
      report.never_seen += wake == nullptr ? 1 : 0;
      tally.is_lost[tally.IndexOf(commit)] = 1;
      if (!report.first_loss ||
          commit.call.invoke_index < report.first_loss->commit->call.invoke_index) {
        report.first_loss = Loss{&sub_, &commit, quiet, wake};
      }
    } else if (wake) {
      tally.Judged(commit);
      ++report.seen;
      report.latencies_ns.push_back(wake->t_ns - commit.end_ns());
    } else if (!sub_.end_explained) {
      undecided(sub_.Name() + " ended without a reason that this history knows (op #" +
                std::to_string(sub_.ended_op) + ")");
    } else if (last_limit_ns_ >= commit.end_ns()) {
      undecided("the limit passed before the watcher was proved awake");
    } else if (sub_.ended_ns != INT64_MAX) {
      ++report.left;
    } else if (last_disturbed_ns_ >= commit.end_ns()) {
      undecided("every quiesce after the commit was disturbed by other work on the database");
    } else {
      undecided("no quiesce after the commit");
    }
  }

  const Subscriber& sub_;
  std::map<std::string, std::vector<Sighting>> sightings_;
  std::vector<int64_t> failed_reads_;
  std::vector<const Answer*> quiet_;  // proofs of silence that nothing disturbed
  int64_t last_limit_ns_ = INT64_MIN;
  int64_t last_disturbed_ns_ = INT64_MIN;
};

}  // namespace

std::string SeenReport::WhyUndecided() const {
  const auto most =
      std::ranges::max_element(undecided_why, {}, [](const auto& e) { return e.second; });
  if (most == undecided_why.end()) return "";
  return std::to_string(undecided) + " undecided: " + most->first;
}

SeenReport JudgeSeen(const std::vector<const Subscriber*>& subscribers,
                     const std::vector<Commit>& commits, const Activity& activity) {
  Tally tally(commits);
  std::map<std::string, std::vector<const Commit*>> by_writer;
  for (const Commit& commit : commits) {
    if (!commit.call.ok()) continue;
    ++tally.report.commits;
    by_writer[commit.writer].push_back(&commit);
  }
  for (const Subscriber* sub : subscribers) {
    if (sub->lazy) continue;
    const Listener listener(*sub, activity);
    for (const auto& [writer, theirs] : by_writer) listener.Judge(theirs, tally);
  }
  tally.report.commits_judged = std::ranges::count(tally.is_judged, 1);
  tally.report.lost_commits = std::ranges::count(tally.is_lost, 1);
  return std::move(tally.report);
}

std::vector<ProofStep> ProofOf(const Loss& loss) {
  const Subscriber& sub = *loss.subscriber;
  const Commit& commit = *loss.commit;
  const std::string mark = commit.writer + "=" + std::to_string(commit.seq);
  std::vector<ProofStep> proof = {{sub.opened_op, sub.Name() + " listens"},
                                  {commit.call.invoke_index, commit.Text()},
                                  {commit.call.end_index, "the commit is acknowledged"}};
  const Wake* last = nullptr;
  for (const Wake& wake : sub.wakes) {
    if (wake.begin_ns < loss.quiet->end_ns && wake.read) last = &wake;
  }
  if (last) {
    proof.push_back({last->op, "its last re-read before the silence sees " + commit.writer + "=" +
                                   std::to_string((*last->seen)[commit.writer].Int())});
  }
  std::ranges::stable_sort(proof, {}, &ProofStep::op);
  std::string end = std::string(loss.quiet->command) + ", begun after the commit (op #" +
                    std::to_string(loss.quiet->invoke_op) + "), proves " + sub.Name() +
                    " quiet: no wake is on its way, yet no re-read has seen " + mark;
  if (loss.recovery) end += " (op #" + std::to_string(loss.recovery->op) + " saw it, too late)";
  proof.push_back({loss.quiet->end_op, end});
  return proof;
}

}  // namespace harness
