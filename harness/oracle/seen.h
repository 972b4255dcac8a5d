// Which commits which subscribers saw: the judgement that several oracles share.
//
// A commit is *judged* for a subscriber that listened from before the commit's invoke. It is
//   seen: where a wake's re-read, begun after the commit's invoke, shows its mark;
//   lost: where an `await` or `quiesce` that began after the commit's end proved the subscriber
//     `quiet`, and no re-read begun before the end of that proof shows the mark. A wake that comes
//     later does not undo it: a consumer was stale while nothing was on its way;
//   undecided: otherwise, as without proof of silence, where a limit passed, a re-read failed
//     (contention is no loss), or the subscriber ended without explanation.
// Silence proves nothing while something else is under way on the database: a look may have met
// BUSY, and then a wake is delayed and not lost.
// Not judged: commits that failed or are in doubt, lazy subscribers, and pairs in which the
// subscriber was told to leave (or killed, or died after a fault) before anything was decided.
//
// Linear in subscribers x commits, as long as the marks of a writer grow.
#ifndef HARNESS_ORACLE_SEEN_H_
#define HARNESS_ORACLE_SEEN_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/oracle/activity.h"
#include "harness/oracle/commits.h"
#include "harness/oracle/oracle.h"
#include "harness/oracle/subscribers.h"

namespace harness {

struct Loss {
  const Subscriber* subscriber;
  const Commit* commit;
  const Answer* quiet;   // the proof of silence
  const Wake* recovery;  // the wake that saw it after all, too late; null where none did
};

struct SeenReport {
  int64_t commits = 0;  // acknowledged
  int64_t commits_judged = 0;
  int64_t judged = 0;  // pairs of subscriber and commit, as are the next four
  int64_t seen = 0;
  int64_t lost = 0;
  int64_t undecided = 0;
  int64_t left = 0;          // not judged: the subscriber had left before anything was decided
  int64_t lost_commits = 0;  // distinct commits, lost by any subscriber
  int64_t longest_loss = 0;  // most commits of one writer that a subscriber lost in a row
  int64_t never_seen = 0;    // lost pairs that no later wake made good: stale to the end
  std::map<std::string, int64_t> undecided_why;
  std::vector<int64_t>
      latencies_ns;                // from the commit's end to the wake that saw it; may be negative
  std::optional<Loss> first_loss;  // of the earliest commit

  // "3 undecided: no quiesce after the commit"; the commonest reason.
  std::string WhyUndecided() const;
};

// The pointers of the report point into the first two arguments.
SeenReport JudgeSeen(const std::vector<const Subscriber*>& subscribers,
                     const std::vector<Commit>& commits, const Activity& activity);

// The loss as a proof that ends in the contradiction.
std::vector<ProofStep> ProofOf(const Loss& loss);

}  // namespace harness

#endif  // HARNESS_ORACLE_SEEN_H_
