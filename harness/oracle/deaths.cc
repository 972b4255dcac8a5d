#include "harness/oracle/deaths.h"

#include <algorithm>

namespace harness {

Deaths::Deaths(const History& history) {
  for (size_t i : history.Events("died")) {
    const Op& op = history.ops()[i];
    died_ns_[op.value["process"].Text()].push_back(op.t_ns);
  }
}

int64_t Deaths::EndOf(const Call& call) const {
  if (call.end) return call.end->t_ns;
  const auto process = died_ns_.find(call.invoke->process);
  if (process == died_ns_.end()) return INT64_MAX;
  const auto it = std::ranges::lower_bound(process->second, call.invoke->t_ns);
  return it == process->second.end() ? INT64_MAX : *it;
}

}  // namespace harness
