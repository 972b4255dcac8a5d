// What a history says of jobs: enqueues, claims, acks and what was left in the end.
//
// Points into the history, which must outlive all of it. Times of jobs are the database's own, in
// whole seconds: a claim was made at claim_expires_at - lease_s, and holds up to and with
// claim_expires_at.
#ifndef HARNESS_ORACLE_JOBS_H_
#define HARNESS_ORACLE_JOBS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "harness/history/history.h"

namespace harness {

struct Enqueue {
  Call call;
  std::string queue;
  std::string key;
  bool rolled_back;  // its transaction was rolled back: the job must never be seen
  int64_t id;        // 0 unless the call ended ok
};

// One job that one claim call returned.
struct ClaimedJob {
  Call call;
  int64_t id;
  std::string key;
  std::string worker;
  int64_t attempts;
  int64_t at_s;       // DB time of the claim
  int64_t expires_s;  // the last second at which it holds

  // "w1 claims job 7 (a.3) at second 100, to hold up to 101, attempt 1"
  std::string Text() const;
};

struct Ack {
  Call call;
  int64_t id;
  std::string worker;
  bool done;  // the call ended ok and says that it deleted the job
};

struct Left {
  Call call;
  std::string queue;
  std::vector<int64_t> live;
  std::vector<int64_t> dead;
};

std::vector<Enqueue> Enqueues(const History& history);
// Of the claim calls that ended ok. One that is in doubt may have claimed any job, once.
std::vector<ClaimedJob> ClaimedJobs(const History& history);
std::vector<Ack> Acks(const History& history);
// The calls that ended ok.
std::vector<Left> JobsLeft(const History& history);

}  // namespace harness

#endif  // HARNESS_ORACLE_JOBS_H_
