// Oracle of WAKE-FANOUT: one thread watches a database, however many subscribers a process has.
//
// Reads `watch` calls: the threads that appeared while the handles were opened. pass: at most one
// thread in all watches of a process; fail: more; unknown: no watch was opened, or none of them
// brought a thread.
#ifndef SCENARIOS_WAKE_ONE_THREAD_H_
#define SCENARIOS_WAKE_ONE_THREAD_H_

#include "harness/oracle/oracle.h"

namespace scenarios::wake {

harness::Verdict CheckOneThread(const harness::History& history,
                                const harness::Expectation& expectation);

}  // namespace scenarios::wake

#endif  // SCENARIOS_WAKE_ONE_THREAD_H_
