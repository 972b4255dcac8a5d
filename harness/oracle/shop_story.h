// A random shop that keeps every promise about jobs: told by a script of random bytes (story.h).
// Tests only.
#ifndef HARNESS_ORACLE_SHOP_STORY_H_
#define HARNESS_ORACLE_SHOP_STORY_H_

#include <map>
#include <string>
#include <vector>

#include "harness/oracle/shop_builder.h"
#include "harness/oracle/story.h"

namespace harness {

// Enqueues that succeed, fail, roll back or stay in doubt; three workers that claim, ack in time or
// too late, let leases lapse, and are killed inside a claim or an ack, to be replaced under a new
// name or their own. In the end what is claimable is claimed and acked, but for `left_over` jobs.
struct ShopStory {
  explicit ShopStory(const Script& script, int64_t left_over = 0);

  ShopBuilder shop;
  std::vector<int64_t> acked;  // jobs with an ack that is known to be done
  std::vector<int64_t> live;   // what jobs_left says

 private:
  struct Job {
    int64_t attempts = 0;
    int64_t expires_s = -1;  // of the last claim
    std::string holder;
  };
  void Step(uint8_t byte);
  void Enqueue(OpType how, bool rollback, bool takes_effect);
  // Hands up to two jobs to the worker; `known` is false where the worker dies before it hears of
  // it.
  bool Claim(const std::string& worker, bool known);
  void Ack(uint8_t byte, OpType how, bool takes_effect);
  void Kill(std::string& worker, bool new_name);

  std::map<int64_t, Job> jobs_;
  std::vector<std::string> workers_ = {"worker:1", "worker:2", "worker:3"};
  int64_t next_worker_ = 4;
  int64_t next_id_ = 1;
  int64_t now_s_ = 1000;
};

}  // namespace harness

#endif  // HARNESS_ORACLE_SHOP_STORY_H_
