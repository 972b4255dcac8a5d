// Random histories for property tests, and the harmless and harmful things that can be done to one.
//
// A story is told by a script of random bytes, so that RapidCheck shrinks it to the shortest one
// that still fails. Tests only.
#ifndef HARNESS_ORACLE_STORY_H_
#define HARNESS_ORACLE_STORY_H_

#include <functional>
#include <string>
#include <vector>

#include "harness/oracle/history_builder.h"

namespace harness {

using Script = std::vector<uint8_t>;
using Ops = std::vector<Op>;

// ---- what changes no verdict ----

// The same on a machine that is `factor` times as slow.
Ops Scaled(Ops ops, int64_t factor);
// The same with ops in between that are nobody's business: events and calls of unknown names.
Ops WithNoise(Ops ops, const Script& script);

// ---- tools for harm ----

bool IsWake(const Op& op, const std::string& process, int64_t sub);
// Applies `change` to every op that `which` picks; how many there were.
size_t Change(Ops& ops, const std::function<bool(const Op&)>& which,
              const std::function<void(Op&)>& change);

// ---- stories about wakes ----

// One commit, one subscriber that listened all through it, and the first quiesce after it that
// proved the subscriber quiet.
struct Step {
  std::string process;
  int64_t sub = 0;
  std::string writer;
  int64_t seq = 0;
  int64_t invoke_ns = 0;
  int64_t quiet_end_ns = 0;
};

// Up to three writers, two watching processes whose subscribers come and go under new numbers,
// commits that fail or stay in doubt, spurious wakes, bursts. Everything is seen before silence is
// proved, and at the end all processes quiesce.
struct WakeStory {
  // `stepped`: every commit is followed by one wake a subscriber and a quiesce; nothing is
  // spurious.
  explicit WakeStory(const Script& script, bool stepped = false);

  HistoryBuilder h;
  std::vector<Step> steps;

 private:
  struct Watcher {
    std::string process;
    std::vector<int64_t> subs;
    std::vector<bool> owed;
    std::vector<Step> open;  // steps whose quiesce is still to come
  };
  void Commit(uint8_t byte, OpType how);
  void Deliver(Watcher& watcher);
  void Quiesce(Watcher& watcher);
  void ComeOrGo(Watcher& watcher);

  bool stepped_;
  std::vector<Watcher> watchers_;
  Value marks_ = Obj();
  int64_t next_seq_ = 1;
  int64_t next_sub_ = 0;
};

}  // namespace harness

#endif  // HARNESS_ORACLE_STORY_H_
