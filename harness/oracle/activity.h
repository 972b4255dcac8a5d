// Everything in a history that may touch the database, as one list: what "nothing happened in
// between" is measured against.
//
// Activity is every call but those that only watch, wait or bracket (`watch`, `unwatch`, `await`,
// `quiesce`, `await_death`, `window`, `burst`, `produce`, `work`, `work_state`, `stop`, `cost`,
// `chdir`, `fork`): what a burst or a work loop does are calls of their own. A call whose process
// died in it was over then.
//
// A transaction that shuts out readers lasts from call to call: a `hold` up to the end of its
// `commit` with held, an `exec` of BEGIN EXCLUSIVE up to the `exec` that ends it or the `close` of
// its connection.
#ifndef HARNESS_ORACLE_ACTIVITY_H_
#define HARNESS_ORACLE_ACTIVITY_H_

#include <cstdint>
#include <vector>

#include "harness/history/history.h"

namespace harness {

class Activity {
 public:
  // Points into `history`, which must outlive it.
  explicit Activity(const History& history);

  // In the order of their invokes.
  const std::vector<Call>& calls() const { return calls_; }
  // The position in calls() of the first one invoked at or after t_ns.
  size_t FirstFrom(int64_t t_ns) const;
  // Whether any call was under way between the two moments; one that only touches them was not.
  bool Any(int64_t from_ns, int64_t to_ns) const;

 private:
  std::vector<Call> calls_;
  std::vector<int64_t> latest_end_;  // of calls_[0..i]
};

}  // namespace harness

#endif  // HARNESS_ORACLE_ACTIVITY_H_
