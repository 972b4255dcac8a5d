#include "harness/oracle/claim_one.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "harness/oracle/deaths.h"
#include "harness/oracle/jobs.h"
#include "harness/oracle/verdicts.h"

namespace harness {
namespace {

// ClaimedJob calls whose outcome nobody knows: how many may have taken effect in a span of time.
class Doubts {
 public:
  explicit Doubts(const History& history) {
    const Deaths deaths(history);
    for (const Call& call : history.Calls("claim")) {
      if (!call.in_doubt()) continue;
      begins_.push_back(call.invoke->t_ns);
      ends_.push_back(deaths.EndOf(call));
    }
    std::ranges::sort(begins_);
    std::ranges::sort(ends_);
  }

  int64_t count() const { return static_cast<int64_t>(begins_.size()); }
  // Those that were under way at any moment between the two.
  int64_t Between(int64_t from_ns, int64_t to_ns) const {
    const auto begun = std::ranges::lower_bound(begins_, to_ns) - begins_.begin();
    const auto over = std::ranges::upper_bound(ends_, from_ns) - ends_.begin();
    return std::max<int64_t>(0, begun - over);
  }

 private:
  std::vector<int64_t> begins_;
  std::vector<int64_t> ends_;
};

struct Job {
  std::vector<const ClaimedJob*> claims;
  std::vector<const Ack*> acks;  // done, in the order of their invokes
};

class Judge {
 public:
  explicit Judge(const History& history) : doubts_(history) {}

  void Look(Job& job) {
    // The order in which the database saw them; calls of one second are told apart by the attempt.
    std::ranges::stable_sort(job.claims, {}, [](const ClaimedJob* c) {
      return std::tuple(c->at_s, c->attempts, c->call.invoke_index);
    });
    if (job.claims.size() > 1) reclaims_ += static_cast<int64_t>(job.claims.size()) - 1;
    LookForOverlaps(job);
    LookAtAcks(job);
    LookAtAttempts(job);
  }

  Verdict Say(Value figures, const Value& params, const std::string& missing) {
    figures.Set("reclaims", reclaims_);
    figures.Set("in_doubt", doubts_.count());
    figures.Set("overlaps", overlaps_);
    figures.Set("after_ack", after_ack_);
    figures.Set("double_acks", double_acks_);
    figures.Set("attempt_errors", attempt_errors_);
    if (!proof_.empty()) return Fail(reason_, std::move(proof_), std::move(figures));
    if (!missing.empty()) return Unknown(missing, std::move(figures));
    if (const int64_t wanted = params["min_reclaims"].Int(0); reclaims_ < wanted) {
      return Unknown(Count(reclaims_, "reclaim") + ", " + std::to_string(wanted) + " wanted",
                     std::move(figures));
    }
    const std::string claims = Count(figures["claims"].Int(), "claim");
    return Pass(claims + ", never two of one job at a time", std::move(figures));
  }

 private:
  void LookForOverlaps(const Job& job) {
    const ClaimedJob* longest = nullptr;  // of the claims so far, the one that holds longest
    for (const ClaimedJob* claim : job.claims) {
      if (longest && claim->at_s <= longest->expires_s && !EndedBefore(job, *longest, *claim)) {
        ++overlaps_;
        Contradict(
            "job " + std::to_string(claim->id) + " was claimed twice at a time",
            {{longest->call.end_index, longest->Text()},
             {claim->call.end_index,
              claim->Text() + ": at second " + std::to_string(claim->at_s) + " both claims hold"}});
      }
      if (!longest || claim->expires_s > longest->expires_s) longest = claim;
    }
  }

  // An ack that was over before the other call began ended the claim; that a job is claimed after
  // it was done is another contradiction. An ack that ran beside the other call ended nothing in
  // time: either it was made while the claim still held, or after the job was gone.
  static bool EndedBefore(const Job& job, const ClaimedJob& holder, const ClaimedJob& other) {
    return std::ranges::any_of(job.acks, [&](const Ack* ack) {
      return ack->worker == holder.worker && ack->call.end_ns() <= other.call.invoke->t_ns;
    });
  }

  void LookAtAcks(const Job& job) {
    for (size_t i = 1; i < job.acks.size(); ++i) {
      ++double_acks_;
      Contradict("job " + std::to_string(job.acks[i]->id) + " was acked twice",
                 {{job.acks[0]->call.end_index, job.acks[0]->worker + " acks it, and it is done"},
                  {job.acks[i]->call.end_index,
                   job.acks[i]->worker + " acks the same job, and it is done again"}});
    }
    if (job.acks.empty()) return;
    const Ack* first =
        *std::ranges::min_element(job.acks, {}, [](const Ack* a) { return a->call.end_ns(); });
    for (const ClaimedJob* claim : job.claims) {
      if (claim->call.invoke->t_ns < first->call.end_ns()) continue;
      ++after_ack_;
      Contradict("job " + std::to_string(claim->id) + " was claimed after it was done",
                 {{first->call.end_index, first->worker + " acks it, and it is done"},
                  {claim->call.invoke_index, claim->worker + " asks for jobs"},
                  {claim->call.end_index, claim->Text() + ", though it was gone"}});
    }
  }

  void LookAtAttempts(const Job& job) {
    const ClaimedJob* previous = nullptr;
    for (const ClaimedJob* claim : job.claims) {
      const int64_t before = previous ? previous->attempts : 0;
      const int64_t skipped = claim->attempts - before - 1;
      const int64_t since_ns = previous ? previous->call.invoke->t_ns : INT64_MIN;
      if (skipped < 0 || skipped > doubts_.Between(since_ns, claim->call.end_ns())) {
        ++attempt_errors_;
        std::vector<ProofStep> proof;
        if (previous) proof.push_back({previous->call.end_index, previous->Text()});
        proof.push_back({claim->call.end_index,
                         claim->Text() + ": attempt " + std::to_string(before + 1) + " was due" +
                             (skipped > 0 ? ", and no claim in doubt explains the gap" : "")});
        Contradict("the attempts of job " + std::to_string(claim->id) + " do not count its claims",
                   std::move(proof));
      }
      previous = claim;
    }
  }

  void Contradict(const std::string& reason, std::vector<ProofStep> proof) {
    if (!proof_.empty()) return;
    reason_ = reason;
    proof_ = std::move(proof);
  }

  const Doubts doubts_;
  int64_t reclaims_ = 0;
  int64_t overlaps_ = 0;
  int64_t after_ack_ = 0;
  int64_t double_acks_ = 0;
  int64_t attempt_errors_ = 0;
  std::string reason_;
  std::vector<ProofStep> proof_;
};

}  // namespace

Verdict CheckClaimOne(const History& history, const Expectation& expectation) {
  const std::vector<ClaimedJob> claims = ClaimedJobs(history);
  const std::vector<Ack> acks = Acks(history);
  std::map<int64_t, Job> jobs;
  std::set<std::string> workers;
  for (const ClaimedJob& claim : claims) {
    jobs[claim.id].claims.push_back(&claim);
    workers.insert(claim.worker);
  }
  int64_t done = 0;
  int64_t late = 0;
  for (const Ack& ack : acks) {
    if (ack.done) {
      ++done;
      jobs[ack.id].acks.push_back(&ack);
    } else if (ack.call.ok()) {
      ++late;
    }
  }
  Judge judge(history);
  for (auto& [id, job] : jobs) judge.Look(job);

  const Value& params = expectation.params;
  std::string missing;
  const auto want = [&](size_t have, int64_t wanted, const std::string& noun) {
    if (static_cast<int64_t>(have) >= wanted || !missing.empty()) return;
    missing = Count(static_cast<int64_t>(have), noun) + ", " + std::to_string(wanted) + " wanted";
  };
  want(claims.size(), params["min_claims"].Int(1), "claim");
  want(workers.size(), params["min_workers"].Int(1), "worker with a job");
  return judge.Say(Value::MakeObject({{"claims", claims.size()},
                                      {"jobs", jobs.size()},
                                      {"workers", workers.size()},
                                      {"acks", done},
                                      {"late_acks", late}}),
                   params, missing);
}

}  // namespace harness
