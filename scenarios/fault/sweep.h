// The situation of the cards that sweep: one piece of work, again and again on a fresh copy of one
// database, with the first, the second, the third ... call struck by a fault.
#ifndef SCENARIOS_FAULT_SWEEP_H_
#define SCENARIOS_FAULT_SWEEP_H_

#include "scenarios/steps.h"

namespace scenarios::fault {

// Reads the axes work, journal, backend ("none": no watcher), fault (a kind), at (sites; short_io
// at vfs.* means vfs.write.*), nth ("all", or one number), error ("default", or an errno) and
// lasting. Records what fault_clean judges.
void RunSweep(Stage& stage);

}  // namespace scenarios::fault

#endif  // SCENARIOS_FAULT_SWEEP_H_
