#include "core/watcher/settle.h"

#include <algorithm>

namespace honker {

void Settle::Event(Time now, bool ours) {
  last_event_ = now;
  called_ = true;
  if (!ours) return;
  stir_ = now;
  in_series_ = true;
}

void Settle::Looked(Time now, Outcome outcome, bool writer_at_work) {
  const bool called = called_;
  called_ = false;
  last_look_ = now;
  if (outcome == kUnclear && !in_series_) {
    in_series_ = true;
    stir_ = now;
  }
  if (outcome != kUnclear && !writer_at_work) in_series_ = false;
  if (outcome == kCommit) {
    pause_ = kShortest;
  } else if (called) {
    // While a commit is on its way it is worth more effort.
    const Duration longest = outcome == kUnclear ? Duration(kLongestUnclear) : Duration(kLongest);
    pause_ = std::min(2 * pause_, longest);
  } else if (now - last_event_ >= kShare * pause_) {
    pause_ = kShortest;
  }
}

Attention Settle::attention() const {
  return {.events = true,
          .events_from = last_look_ + pause_,
          .identity = true,
          .moment = NextOfSeries()};
}

// The end of time outside of a series.
Settle::Time Settle::NextOfSeries() const {
  if (!in_series_) return Time::max();
  const Duration waited = last_look_ - stir_;
  Duration distance = std::min<Duration>(waited / kShare, kLongest);
  if (waited > kPatience) distance += (waited - kPatience) / kShare;
  if (distance >= kSafety) return Time::max();
  return last_look_ + std::max(distance, pause_);
}

}  // namespace honker
