// Producers and workers on one queue: the situation of every claim scenario, and of their property.
#ifndef SCENARIOS_CLAIM_SHOP_H_
#define SCENARIOS_CLAIM_SHOP_H_

#include <string>
#include <vector>

#include "harness/matrix/card.h"
#include "harness/oracle/oracle.h"
#include "scenarios/steps.h"

namespace scenarios::claim {

struct ShopPlan {
  int producers = 1;
  int jobs_each = 10;
  int workers = 1;
  bool kill_one = false;  // one that holds a claim at that moment; another one takes its place
  int lease_s = 1;
  int batch = 1;
  int handle_ms = 0;       // time between claim and ack
  int rollback_every = 0;  // of each producer's enqueues every n-th is rolled back; 0: none
  // Which actor plays each producer and each worker, in turn (Stage::StartProgram). Where one is
  // not ours all payloads are JSON, as bindings write and read them.
  std::vector<std::string> producer_programs = {harness::kNativeActor};
  std::vector<std::string> worker_programs = {harness::kNativeActor};
};

class Shop {
 public:
  Shop(Stage& stage, ShopPlan plan) : stage_(stage), plan_(plan) {}

  // Makes the database and the tables, and starts every process. Ends the cell as `absent` where
  // the subject lacks a function, and as `refused` or `broken` where it declines to watch.
  void Open();
  // Begins when every worker has found nothing and lain down. Produces, kills, works until nothing
  // is live, records what is left. A queue that still has live jobs while every worker sleeps with
  // no deadline, and is proved to hear nothing, is overslept: that is recorded as a `nudge`, and a
  // commit brings the workers on.
  void RunToTheEnd();

 private:
  void StartWorker(int number);
  void AwaitEachHasSlept();
  void Produce();
  void AwaitProducers();
  // Kills a worker that is stopped (SIGSTOP) while it holds a valid claim, which is recorded as
  // `held`: the evidence. With a queue that is drained too soon more jobs are produced; a worker
  // that never holds one is killed all the same, without that evidence.
  void KillOneThatHolds();
  // The jobs that a worker holds by a valid claim; nothing where the database is locked.
  std::vector<Value> JobsHeldBy(const Actor& worker);
  std::vector<Value> LiveJobs();
  std::vector<Value> States();
  void DrainQueue();

  Stage& stage_;
  const ShopPlan plan_;
  int produced_ = 0;  // by each producer
  Actor* reader_ = nullptr;
  std::vector<Actor*> producers_;
  std::vector<int64_t> producing_;  // their calls under way
  std::vector<Actor*> workers_;
};

// The proof that sleeping workers hear nothing: in one sleep, while jobs are waiting, the subject's
// threads look three times and rest four, and after that a whole wait of the worker begins and
// times out. A wake on its way would have ended it. (The `quiet` of docs/protocol.md, for worker
// loops.)
class SilenceProof {
 public:
  // `now_s`: wall clock; `lease_s`: a deadline beyond every lease is as good as none. True when
  // the states of all workers, taken one after another, complete the proof; a worker that is awake,
  // that slept again, or that has a deadline ahead starts it anew.
  bool Add(const std::vector<Value>& states, int64_t now_s, int64_t lease_s);

 private:
  enum class Phase { kNone, kLooks, kWaits };
  Phase phase_ = Phase::kNone;
  std::vector<Value> since_;  // the states at which the phase began
};

// Oracle of CLAIM-WAKE: no worker had to be nudged. Reads `nudge` and `sleep` events. fail: a
// nudge; pass: none, and a wake ended a sleep; unknown: no wake did.
harness::Verdict CheckNotOverslept(const harness::History& history,
                                   const harness::Expectation& expectation);

// The oracles of a shop in which one worker is killed (ShopPlan::kill_one) and the queue runs
// empty.
std::vector<harness::CardOracle> ExactlyOnceWithAKill();

}  // namespace scenarios::claim

#endif  // SCENARIOS_CLAIM_SHOP_H_
