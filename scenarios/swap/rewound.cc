#include "scenarios/swap/rewound.h"

#include <algorithm>

#include "harness/oracle/listeners.h"
#include "harness/oracle/verdicts.h"

namespace scenarios::swap {

using harness::Listener;
using harness::Notified;
using harness::Notify;

harness::Verdict CheckRewound(const harness::History& history, const harness::Expectation&) {
  const harness::Call* fault = nullptr;
  const std::vector<harness::Call> faults = history.Calls("fault");
  for (const harness::Call& call : faults) {
    if (call.ok()) fault = &call;
  }
  harness::Value figures = harness::Value::MakeObject();
  if (!fault) return harness::Unknown("nothing was restored", figures);
  int64_t judged = 0, told = 0, caught_up = 0, lost = 0;
  std::string why = "no notification after the restore has an id that a listener had gone beyond";
  std::vector<harness::ProofStep> proof;
  const std::vector<Notify> notifies = harness::Notifies(history);
  for (const Listener& listener : harness::Listeners(history)) {
    int64_t last = 0;
    for (const Notified& given : listener.given) {
      if (given.t_ns < fault->invoke->t_ns) last = std::max(last, given.id);
    }
    if (last == 0 || listener.ended_ns < fault->invoke->t_ns) continue;
    for (const Notify& sent : notifies) {
      if (!sent.call.ok() || sent.rolled_back || sent.channel != listener.channel ||
          sent.call.invoke->t_ns < fault->end->t_ns || sent.id > last) {
        continue;
      }
      ++judged;
      const bool came = std::ranges::any_of(listener.given, [&](const Notified& given) {
        return given.t_ns >= sent.call.invoke->t_ns && given.payload == sent.payload;
      });
      const auto silence = std::ranges::find_if(
          listener.silences, [&](const auto& s) { return s.since_ns >= sent.ended_ns; });
      if (listener.error_op) {
        ++told;
      } else if (came) {
        ++caught_up;
      } else if (silence != listener.silences.end()) {
        ++lost;
        proof = {{listener.opened_op,
                  listener.Name() + " listens, and has come to id " + std::to_string(last)},
                 {fault->end_index, "an older copy is restored"},
                 {sent.call.end_index,
                  "a notification is committed: its id is " + std::to_string(sent.id)},
                 {silence->op, "it was not given it, told nothing, and is proved silent"}};
      } else {
        why = "nothing decides about " + listener.Name();
        --judged;
      }
      break;
    }
  }
  figures.Set("judged", judged).Set("told", told).Set("caught_up", caught_up).Set("lost", lost);
  if (lost > 0) {
    return harness::Fail(
        "a listener whose last id lies beyond the newest one hears nothing and is "
        "told nothing",
        std::move(proof), std::move(figures));
  }
  if (judged == 0) return harness::Unknown(why, std::move(figures));
  return harness::Pass(
      harness::Count(told, "listener") + " told, " + std::to_string(caught_up) + " caught up",
      std::move(figures));
}

}  // namespace scenarios::swap
