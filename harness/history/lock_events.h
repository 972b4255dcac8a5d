// How locks that went missing stand in a history: the events `lock_lost` and `lock_missing`,
// written by the runner and by actors alike (docs/protocol.md).
#ifndef HARNESS_HISTORY_LOCK_EVENTS_H_
#define HARNESS_HISTORY_LOCK_EVENTS_H_

#include <vector>

#include "faults/locks/look.h"
#include "harness/base/value.h"

namespace harness {

// {"file","path","locks":[{"mode","start","end"}]}, one for each file: `end` -1 is the end of every
// file.
std::vector<Value> MissingLocks(const std::vector<faults::locks::Believed>& missing);

// The same for what a call released, with `by`: {"call","caller","thread","tid","stack":[...]}, and
// `seen`: whether the kernel showed the loss at once.
Value ReleasedLocks(const faults::locks::BookLoss& loss);

}  // namespace harness

#endif  // HARNESS_HISTORY_LOCK_EVENTS_H_
