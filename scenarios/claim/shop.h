// Producers and workers on one queue: the situation of every claim scenario, and of their property.
#ifndef SCENARIOS_CLAIM_SHOP_H_
#define SCENARIOS_CLAIM_SHOP_H_

#include <vector>

#include "harness/oracle/oracle.h"
#include "scenarios/steps.h"

namespace scenarios::claim {

struct ShopPlan {
  int producers = 1;
  int jobs_each = 10;
  int workers = 1;
  bool kill_one = false;  // worker:1, as soon as it holds a claim; another one takes its place
  int lease_s = 1;
  int batch = 1;
  int handle_ms = 0;       // time between claim and ack
  int rollback_every = 0;  // of each producer's enqueues every n-th is rolled back; 0: none
};

class Shop {
 public:
  Shop(Stage& stage, ShopPlan plan) : stage_(stage), plan_(plan) {}

  // Makes the database and the tables, and starts every process. Ends the cell as `absent` where
  // the subject lacks a function, and as `refused` or `broken` where it declines to watch.
  void Open();
  // Produces, kills, works until nothing is live, records what is left. A queue that still has live
  // jobs while every worker sleeps with no deadline is overslept: that is recorded as a `nudge`,
  // and a commit brings the workers on.
  void RunToTheEnd();

 private:
  void StartWorker(int number);
  void KillFirstWorker();
  std::vector<Value> LiveJobs();
  bool EveryWorkerSleepsForGood(Value& states);
  void DrainQueue();

  Stage& stage_;
  const ShopPlan plan_;
  Actor* reader_ = nullptr;
  std::vector<Actor*> producers_;
  std::vector<Actor*> workers_;
};

// Oracle of CLAIM-WAKE: no worker had to be nudged. Reads `nudge` and `sleep` events. fail: a
// nudge; pass: none, and workers were woken out of at least one sleep; unknown: nobody slept.
harness::Verdict CheckNotOverslept(const harness::History& history,
                                   const harness::Expectation& expectation);

}  // namespace scenarios::claim

#endif  // SCENARIOS_CLAIM_SHOP_H_
