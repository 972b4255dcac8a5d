// Processes that open, load and bootstrap one database at the same moment.
#ifndef SCENARIOS_OPEN_RACERS_H_
#define SCENARIOS_OPEN_RACERS_H_

#include "scenarios/steps.h"

namespace scenarios::open {

// `maker` has Db() open. It holds the write lock, against readers too, until `count` processes
// opener:N have begun `open_queue` with those arguments: they race from the moment it is given up.
// What each came to is in the history.
void OpenAtOnce(Stage& stage, Actor& maker, int count, const Value& arguments);

}  // namespace scenarios::open

#endif  // SCENARIOS_OPEN_RACERS_H_
