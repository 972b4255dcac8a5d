#include "harness/oracle/activity.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "harness/oracle/deaths.h"

namespace harness {
namespace {

const std::set<std::string_view>& Bystanders() {
  static const std::set<std::string_view> kNames = {"watch",       "unwatch",    "await", "quiesce",
                                                    "await_death", "window",     "burst", "produce",
                                                    "work",        "work_state", "stop"};
  return kNames;
}

}  // namespace

Activity::Activity(const History& history) {
  std::set<std::string_view> names;
  for (const Op& op : history.ops()) {
    if (op.type == OpType::kInvoke && !Bystanders().contains(op.name)) names.insert(op.name);
  }
  for (std::string_view name : names) {
    for (const Call& call : history.Calls(name)) calls_.push_back(call);
  }
  std::ranges::sort(calls_, {}, &Call::invoke_index);
  const Deaths deaths(history);
  int64_t latest = INT64_MIN;
  for (const Call& call : calls_)
    latest_end_.push_back(latest = std::max(latest, deaths.EndOf(call)));
}

size_t Activity::FirstFrom(int64_t t_ns) const {
  const auto it =
      std::ranges::lower_bound(calls_, t_ns, {}, [](const Call& c) { return c.invoke->t_ns; });
  return static_cast<size_t>(it - calls_.begin());
}

bool Activity::Any(int64_t from_ns, int64_t to_ns) const {
  const size_t after = FirstFrom(to_ns);
  return after > 0 && latest_end_[after - 1] > from_ns;
}

}  // namespace harness
