// Oracle for SWAP-CURSOR: an older copy was restored under listeners whose last id lies beyond the
// newest row of it.
//
// Reads `fault` calls and the listeners of the history (harness/oracle/listeners.h). Judged is
// every listener that was given something before the fault and listened when it began, once a
// notification was sent after the fault whose id is not beyond the listener's own last one.
// pass: it ended with a sentence, or was given that notification; fail: it was proved silent
// afterwards; unknown otherwise, or where nobody was judged.
// Figures: judged, told, caught_up, lost.
#ifndef SCENARIOS_SWAP_REWOUND_H_
#define SCENARIOS_SWAP_REWOUND_H_

#include "harness/oracle/oracle.h"

namespace scenarios::swap {

harness::Verdict CheckRewound(const harness::History& history, const harness::Expectation&);

}  // namespace scenarios::swap

#endif  // SCENARIOS_SWAP_REWOUND_H_
