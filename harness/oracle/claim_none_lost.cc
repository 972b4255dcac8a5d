#include "harness/oracle/claim_none_lost.h"

#include <algorithm>
#include <map>
#include <set>

#include "harness/oracle/jobs.h"
#include "harness/oracle/verdicts.h"

namespace harness {
namespace {

struct Fate {
  const Enqueue* enqueue = nullptr;
  std::vector<const ClaimedJob*> claims;
  std::vector<const Ack*> done;
  bool ack_in_doubt = false;
};

// What is known of one key: the ids that it was given, and how often it may have got one more.
struct Key {
  std::set<int64_t> ids;
  int64_t in_doubt = 0;
  std::set<int64_t> ids_by_doubt;  // seen under this key, given by an enqueue in doubt
  const Enqueue* rolled_back = nullptr;
};

class Judge {
 public:
  Judge(const History& history, const Value& params)
      : history_(history),
        params_(params),
        enqueues_(Enqueues(history)),
        claims_(ClaimedJobs(history)),
        claim_calls_(history.Calls("claim")),
        acks_(Acks(history)),
        lefts_(JobsLeft(history)) {
    if (const std::string& queue = params["queue"].Text(); !queue.empty()) KeepOnly(queue);
    for (const Enqueue& enqueue : enqueues_) Sort(enqueue);
    for (const ClaimedJob& claim : claims_) {
      fates_[claim.id].claims.push_back(&claim);
      queue_of_.try_emplace(claim.id, claim.call.invoke->value["queue"].Text());
    }
    for (const Ack& ack : acks_) {
      if (ack.done) fates_[ack.id].done.push_back(&ack);
      if (ack.call.in_doubt()) fates_[ack.id].ack_in_doubt = true;
    }
    for (const Left& left : lefts_)
      last_[left.queue] = &left;  // in the order of time: the last wins
  }

  Verdict Run() {
    for (const auto& [queue, left] : last_) {
      if (IsFinal(*left)) final_.insert(queue);
    }
    LookForGhosts();
    for (const auto& [id, fate] : fates_) {
      if (fate.claims.size() > 1) ++reclaimed_;
      if (fate.enqueue) LookAt(id, fate);
    }
    return Say();
  }

 private:
  void KeepOnly(const std::string& queue) {
    const auto is_other = [&](const auto& job) {
      return job.call.invoke->value["queue"].Text() != queue;
    };
    std::erase_if(enqueues_, is_other);
    std::erase_if(claims_, is_other);
    std::erase_if(lefts_, is_other);
  }

  void Sort(const Enqueue& enqueue) {
    Key& key = keys_[enqueue.key];
    if (enqueue.rolled_back) {
      ++rolled_back_;
      key.rolled_back = &enqueue;
    } else if (enqueue.call.ok()) {
      key.ids.insert(enqueue.id);
      fates_[enqueue.id].enqueue = &enqueue;
      queue_of_[enqueue.id] = enqueue.queue;
      ++jobs_;
    } else if (enqueue.call.in_doubt()) {
      ++key.in_doubt;
      ++doubts_[enqueue.queue];
    }
  }

  // jobs_left is the end of the story only where nothing else went on.
  bool IsFinal(const Left& left) {
    const Call* other = nullptr;
    const auto look = [&](const Call& call) {
      const int64_t t_ns = left.call.invoke->t_ns;
      if (call.invoke->t_ns >= t_ns || (call.end && call.end->t_ns > t_ns)) other = &call;
    };
    for (const Enqueue& enqueue : enqueues_) {
      if (enqueue.queue == left.queue) look(enqueue.call);
    }
    for (const Call& call : claim_calls_) {
      if (call.invoke->value["queue"].Text() == left.queue) look(call);
    }
    for (const Ack& ack : acks_) {
      const auto queue = queue_of_.find(ack.id);
      if (queue == queue_of_.end() || queue->second == left.queue) look(ack.call);
    }
    if (!other) return true;
    Undecided(other->invoke->process + " had an op \"" + other->invoke->name +
              "\" under way when or after jobs_left was taken (op #" +
              std::to_string(other->invoke_index) + ")");
    return false;
  }

  void LookForGhosts() {
    std::map<std::string, int64_t> explained;  // by queue: enqueues in doubt that a claim showed
    for (const ClaimedJob& claim : claims_) {
      Key& key = keys_[claim.key];
      if (key.ids.contains(claim.id) || key.ids_by_doubt.contains(claim.id)) continue;
      if (static_cast<int64_t>(key.ids_by_doubt.size()) < key.in_doubt) {
        key.ids_by_doubt.insert(claim.id);
        by_doubt_.insert(claim.id);
        ++explained[claim.call.invoke->value["queue"].Text()];
        continue;
      }
      ++ghosts_;
      std::vector<ProofStep> proof;
      if (key.rolled_back) {
        proof.push_back({key.rolled_back->call.end_index, key.rolled_back->call.invoke->process +
                                                              " enqueues " + claim.key +
                                                              " and rolls it back"});
      }
      proof.push_back({claim.call.end_index,
                       claim.Text() + ", and no enqueue that was or may have been committed gave " +
                           claim.key + " that id"});
      Contradict("a ghost was claimed", std::move(proof));
    }
    for (const auto& [queue, left] : last_) {
      int64_t unknown = 0;
      int64_t example = 0;
      for (const auto* ids : {&left->live, &left->dead}) {
        for (int64_t id : *ids) {
          const auto fate = fates_.find(id);
          const bool known =
              (fate != fates_.end() && fate->second.enqueue) || by_doubt_.contains(id);
          if (!known) {
            ++unknown;
            example = id;
          }
        }
      }
      const int64_t allowed = doubts_[queue] - explained[queue];
      if (unknown <= allowed) continue;
      ghosts_ += unknown - allowed;
      Contradict("a ghost is left",
                 {{left->call.end_index,
                   "job " + std::to_string(example) + " is left, and no enqueue gave that id; " +
                       Count(allowed, "enqueue") + " in doubt cannot explain " +
                       Count(unknown, "such job")}});
    }
  }

  void LookAt(int64_t id, const Fate& fate) {
    const std::string job = "job " + std::to_string(id);
    const auto done = static_cast<int64_t>(fate.done.size());
    acked_ += done > 0 ? 1 : 0;
    std::vector<ProofStep> proof = {
        {fate.enqueue->call.end_index,
         fate.enqueue->call.invoke->process + " enqueues " + fate.enqueue->key + ": " + job}};
    if (!fate.claims.empty()) {
      proof.push_back({fate.claims.back()->call.end_index, fate.claims.back()->Text()});
    }
    for (const Ack* ack : fate.done) {
      proof.push_back({ack->call.end_index, ack->worker + " acks it, and it is done"});
    }
    std::ranges::stable_sort(proof, {}, &ProofStep::op);
    if (done > 1) {
      ++duplicated_;
      return Contradict(job + " was acked " + Count(done, "time"), std::move(proof));
    }
    const auto last = last_.find(fate.enqueue->queue);
    if (last == last_.end())
      return Undecided("no jobs_left of queue \"" + fate.enqueue->queue + "\"");
    if (!final_.contains(last->first)) return;
    const Left& left = *last->second;
    const bool live = Has(left.live, id);
    const bool dead = Has(left.dead, id);
    live_ += live ? 1 : 0;
    dead_ += dead ? 1 : 0;
    const auto end = [&](const std::string& reason, const std::string& sentence) {
      proof.push_back({left.call.end_index, "in the end it is " + sentence});
      Contradict(job + " " + reason, std::move(proof));
    };
    const int64_t places = done + (live ? 1 : 0) + (dead ? 1 : 0);
    if (places == 0 && fate.ack_in_doubt) {
      ++acked_in_doubt_;
    } else if (places == 0) {
      ++lost_;
      end("was lost", "neither live nor dead, and no ack of it was done");
    } else if (places > 1) {
      ++duplicated_;
      end("was finished more than once", std::string(done > 0 ? "acked" : "not acked") +
                                             (live ? ", live" : "") + (dead ? ", dead" : "") +
                                             ", all at the same time");
    } else if (done == 0 && params_["all_acked"].Bool()) {
      end("was never acked",
          std::string(live ? "live" : "dead") + ", where every job has to be acked");
    }
  }

  bool Has(const std::vector<int64_t>& list, int64_t id) {
    const auto [it, first] = sets_.try_emplace(&list);
    if (first) it->second = std::set<int64_t>(list.begin(), list.end());
    return it->second.contains(id);
  }

  // Workers that a signal ended; `holding`: of those, the ones that were held with a claim.
  int64_t WorkersKilled(bool holding) const {
    std::set<std::string> workers;
    for (std::string_view name : {"claim", "work"}) {
      for (const Call& call : history_.Calls(name)) workers.insert(call.invoke->process);
    }
    std::set<std::string> held;
    for (size_t i : history_.Events("held")) held.insert(history_.ops()[i].value["process"].Text());
    return std::ranges::count_if(history_.Events("died"), [&](size_t i) {
      const Value& v = history_.ops()[i].value;
      const std::string& process = v["process"].Text();
      return v["how"].Text().starts_with("signal") && workers.contains(process) &&
             (!holding || held.contains(process));
    });
  }

  Verdict Say() {
    const int64_t killed = WorkersKilled(false);
    const int64_t killed_holding = WorkersKilled(true);
    int64_t in_doubt = 0;
    for (const auto& [queue, n] : doubts_) in_doubt += n;
    Value figures = Value::MakeObject({{"jobs", jobs_},
                                       {"acked", acked_},
                                       {"acked_in_doubt", acked_in_doubt_},
                                       {"dead", dead_},
                                       {"left", live_},
                                       {"reclaimed", reclaimed_},
                                       {"lost", lost_},
                                       {"duplicated", duplicated_},
                                       {"ghosts", ghosts_},
                                       {"rolled_back", rolled_back_},
                                       {"enqueues_in_doubt", in_doubt},
                                       {"workers_killed", killed},
                                       {"killed_holding", killed_holding},
                                       {"nudges", history_.Events("nudge").size()}});
    if (!proof_.empty()) return Fail(reason_, std::move(proof_), std::move(figures));
    if (!why_.empty()) return Unknown(why_, std::move(figures));
    if (last_.empty()) return Unknown("no jobs_left at the end", std::move(figures));
    const auto wanted = [&](int64_t have, const char* param, int64_t fallback,
                            const std::string& noun) {
      const int64_t want = params_[param].Int(fallback);
      return have >= want ? "" : Count(have, noun) + ", " + std::to_string(want) + " wanted";
    };
    std::string missing = wanted(jobs_, "min_jobs", 1, "job");
    if (missing.empty()) {
      missing = wanted(killed_holding, "min_killed_holding", 0, "killed claim holder");
    }
    if (missing.empty() && acked_ == 0) missing = "no job was acked";
    if (!missing.empty()) return Unknown(missing, std::move(figures));
    return Pass(Count(jobs_, "job") + ", each finished or left exactly once", std::move(figures));
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
  std::vector<Enqueue> enqueues_;
  std::vector<ClaimedJob> claims_;
  const std::vector<Call> claim_calls_;
  const std::vector<Ack> acks_;
  std::vector<Left> lefts_;
  std::map<std::string, Key> keys_;
  std::map<int64_t, Fate> fates_;
  std::map<int64_t, std::string> queue_of_;
  std::map<std::string, const Left*> last_;
  std::set<std::string> final_;            // queues whose last jobs_left is the end of the story
  std::map<std::string, int64_t> doubts_;  // by queue: enqueues in doubt
  std::set<int64_t> by_doubt_;             // ids that an enqueue in doubt must have given
  std::map<const std::vector<int64_t>*, std::set<int64_t>> sets_;
  int64_t jobs_ = 0, acked_ = 0, acked_in_doubt_ = 0, dead_ = 0, live_ = 0, reclaimed_ = 0;
  int64_t lost_ = 0, duplicated_ = 0, ghosts_ = 0, rolled_back_ = 0;
  std::string why_;
  std::string reason_;
  std::vector<ProofStep> proof_;
};

}  // namespace

Verdict CheckClaimNoneLost(const History& history, const Expectation& expectation) {
  return Judge(history, expectation.params).Run();
}

}  // namespace harness
