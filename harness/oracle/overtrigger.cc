#include "harness/oracle/overtrigger.h"

#include <algorithm>

#include "harness/oracle/subscribers.h"
#include "harness/oracle/verdicts.h"

namespace harness {

Verdict CheckOvertrigger(const History& history, const Expectation&) {
  int64_t wakes = 0;
  int64_t spurious = 0;
  int64_t longest = 0;
  for (const Subscriber& sub : Subscribers(history)) {
    wakes += static_cast<int64_t>(sub.wakes.size());
    int64_t run = 0;
    for (const Wake& wake : sub.wakes) {
      run = wake.news ? 0 : run + 1;
      longest = std::max(longest, run);
      spurious += wake.read && !wake.news ? 1 : 0;
    }
  }
  const std::vector<size_t> stopped = history.Events("overtrigger");
  Value figures = Value::MakeObject({{"overtriggered", stopped.size()},
                                     {"wakes", wakes},
                                     {"spurious", spurious},
                                     {"longest_idle_run", longest}});
  if (!stopped.empty()) {
    const Op& op = history.ops()[stopped.front()];
    const std::string who = op.process + " subscriber " + std::to_string(op.value["sub"].Int());
    return Fail("a consumer was woken for ever by its own reading",
                {{stopped.front(), who + " woke " + std::to_string(op.value["wakes"].Int()) +
                                       " times in a row, and no re-read saw anything new: it would "
                                       "never have slept again"}},
                std::move(figures));
  }
  if (wakes == 0) return Unknown("no subscriber ever woke", std::move(figures));
  return Pass("at most " + Count(longest, "wake") + " in a row without news", std::move(figures));
}

}  // namespace harness
