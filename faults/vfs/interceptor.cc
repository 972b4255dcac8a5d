#include "faults/vfs/interceptor.h"

#include <fnmatch.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "faults/vfs/process_clock.h"

namespace faults::vfs {

struct Interceptor::Armed {
  Fault fault;
  When when;
  std::shared_ptr<const Action> action;
  Trigger trigger;  // guarded by mutex_
};

void Interceptor::SetLedger(Ledger ledger) { ledger_.emplace(std::move(ledger)); }

void Interceptor::SetDice(Dice dice) { dice_ = std::move(dice); }

Result<std::vector<std::shared_ptr<Interceptor::Armed>>> Interceptor::Make(
    const std::vector<Fault>& faults) const {
  std::vector<std::shared_ptr<Armed>> made;
  for (const Fault& fault : faults) {
    auto action = MakeAction(fault);
    if (!action.ok()) return action.error();
    if (!dice_.process.empty() && fnmatch(fault.target.c_str(), dice_.process.c_str(), 0) != 0) {
      continue;  // for another process
    }
    made.push_back(std::make_shared<Armed>(
        Armed{.fault = fault,
              .when = fault.Get("when") == "after" ? When::kAfter : When::kBefore,
              .action = std::move(action).value(),
              .trigger = Trigger(fault, dice_)}));
  }
  return made;
}

Result<int> Interceptor::Check(const std::vector<Fault>& faults) const {
  const auto made = Make(faults);
  if (!made.ok()) return made.error();
  return static_cast<int>(made.value().size());
}

Result<int> Interceptor::Arm(const std::vector<Fault>& faults) {
  const auto made = Make(faults);
  if (!made.ok()) return made.error();
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& armed : made.value()) {
    if (IsImmediate(armed->fault)) {
      (void)armed->action->Do({}, [&](const char* event, const std::string& said) {
        return Record(event, armed->fault, "", 0, said);
      });
    } else {
      armed_.push_back(armed);
    }
  }
  armed_count_.store(armed_.size(), std::memory_order_release);
  return static_cast<int>(made.value().size());
}

size_t Interceptor::Disarm() {
  const std::lock_guard<std::mutex> lock(mutex_);
  const size_t count = armed_.size();
  armed_.clear();
  Hurried() = false;
  armed_count_.store(0, std::memory_order_release);
  return count;
}

Effect Interceptor::Pass(const VfsCall& call, When when,
                         const std::function<std::string()>& detail) {
  const int saved_errno = errno;  // the VFS below may be asked for it after the call
  const std::string name = call.site.Name();
  Occasion occasion{.site = call.site,
                    .when = when,
                    .path = call.path == nullptr ? "" : call.path,
                    .detail = "",
                    .bytes = call.bytes,
                    .occurrence = 0};
  std::vector<std::pair<std::shared_ptr<Armed>, int64_t>> striking;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const auto& armed : armed_) {
      if (armed->when != when || !armed->action->CanHappen(call.site.call, when)) continue;
      if (!armed->trigger.Concerns(name, occasion.path)) continue;
      if (occasion.detail.empty()) occasion.detail = detail();
      if (const int64_t n = armed->trigger.Count(name, occasion.detail); n != 0) {
        striking.emplace_back(armed, n);
      }
    }
  }
  // Outside the lock: other threads must be able to reach their calls, and their gates, meanwhile.
  Effect effect;
  for (const auto& strike : striking) {
    const Armed* armed = strike.first.get();
    const int64_t occurrence = strike.second;
    occasion.occurrence = occurrence;
    const Effect next =
        armed->action->Do(occasion, [&](const char* event, const std::string& said) {
          return Record(event, armed->fault, name, occurrence, said);
        });
    // Two that would decide the call's result: the first one does. Both are in the ledger, in that
    // order.
    if (effect.what == Effect::What::kForward) effect = next;
  }
  errno = saved_errno;
  return effect;
}

bool Interceptor::Record(const char* event, const Fault& fault, const std::string& site,
                         int64_t occurrence, const std::string& detail) {
  if (ledger_.has_value()) {
    const Status recorded = ledger_->Append({.event = event,
                                             .fault = fault.Text(),
                                             .site = site,
                                             .occurrence = occurrence,
                                             .detail = detail});
    if (!recorded.ok()) {
      std::fprintf(stderr, "faults: not done, because it cannot be recorded: %s\n",
                   recorded.Message().c_str());
      return false;
    }
  }
  const std::string_view what = event;
  if (!site.empty() && (what == "fired" || what == "held"))
    fired_.fetch_add(1, std::memory_order_relaxed);
  return true;
}

std::string Interceptor::CountsJson() const {
  std::string json = "{";
  for (const Site& site : AllSites()) {
    const int64_t count = Count(site);
    if (count == 0) continue;
    // Site names need no escaping.
    json += (json.size() > 1 ? ",\"" : "\"") + site.Name() + "\":" + std::to_string(count);
  }
  return json + "}";
}

}  // namespace faults::vfs
