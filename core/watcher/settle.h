// When to look: the rhythm of the verified backend, as a pure state machine. File events and the
// outcomes of looks go in with their times, the moment of the next look comes out; no clock, no
// thread.
//
// An event comes before the commit is visible. So it starts a series of looks, the first at once,
// the others at a distance that grows with the time since the event: an eighth of it, a few
// microseconds at least and a millisecond at most for as long as a sync may take (kPatience): a
// commit is seen late by an eighth of what it took itself, and by no more than a millisecond. After
// that the distance grows on until it reaches that of the safety look, which the watcher takes
// every kSafety whatever happens: with all events lost a consumer is that late and no more.
//
// A series ends with the first look that finds no writer at work: what the events that were taken
// before that look told of is over then, and was seen by it or came to nothing. So a commit costs
// as many looks as it takes, and a rollback, a checkpoint or somebody's opening the database one.
//
// An event during the series starts it anew. Events in numbers that lead to nothing (a large
// transaction, a neighbour in the same directory) are listened to less and less often, down to once
// a millisecond, until it has been quiet for a while.
#ifndef CORE_WATCHER_SETTLE_H_
#define CORE_WATCHER_SETTLE_H_

#include <chrono>

#include "core/watcher/backend.h"

namespace honker {

class Settle {
 public:
  using Clock = std::chrono::steady_clock;
  using Time = Clock::time_point;
  using Duration = Clock::duration;

  static constexpr std::chrono::microseconds kShortest{8};
  static constexpr std::chrono::microseconds kLongestUnclear{64};
  static constexpr std::chrono::milliseconds kLongest{1};
  static constexpr std::chrono::milliseconds kPatience{200};
  static constexpr std::chrono::milliseconds kSafety{100};

  enum Outcome {
    kNothing,  // what is committed is what was
    kUnclear,  // something has moved, and cannot be told from a commit yet
    kCommit,
  };

  // Something was read from the event descriptor; `ours`: about this database.
  void Event(Time now, bool ours);
  // A look took place after that. `writer_at_work`: a transaction whose events were taken may be
  // under way still.
  void Looked(Time now, Outcome outcome, bool writer_at_work);

  // Until the next look.
  Attention attention() const;

 private:
  static constexpr int kShare = 8;
  Time NextOfSeries() const;

  Time last_look_{};
  Time last_event_{};  // of whatever file
  Time stir_{};        // the last event of ours, or the look that was unclear without one
  bool in_series_ = false;
  bool called_ = false;  // an event came since the last look
  Duration pause_ = kShortest;
};

}  // namespace honker

#endif  // CORE_WATCHER_SETTLE_H_
