#include "harness/oracle/locks.h"

#include <algorithm>
#include <map>
#include <utility>

namespace harness {

std::string Lock::Text() const {
  return std::string(write ? "write" : "read") + " lock on " + file + ", bytes " +
         std::to_string(start) + ".." + (end == INT64_MAX ? "EOF" : std::to_string(end));
}

std::vector<Lock> LocksOf(const Op& op) {
  std::vector<Lock> locks;
  for (const Value& v : op.value["locks"].items()) {
    const int64_t end = v["end"].Int(-1);
    locks.push_back({.file = v["file"].Text(),
                     .write = v["mode"].Text() == "write",
                     .start = v["start"].Int(),
                     .end = end < 0 ? INT64_MAX : end});
  }
  return locks;
}

std::vector<Lock> Missing(const std::vector<Lock>& before, const std::vector<Lock>& after) {
  std::vector<Lock> sorted = after;
  std::ranges::sort(sorted, {}, &Lock::start);
  std::vector<Lock> missing;
  for (const Lock& lock : before) {
    // The kernel merges and splits ranges, so what counts is that every byte is covered.
    int64_t uncovered = lock.start;
    bool covered = false;
    for (const Lock& now : sorted) {
      if (now.file != lock.file || (lock.write && !now.write) || now.end < uncovered) continue;
      if (now.start > uncovered) break;
      covered = now.end >= lock.end;
      if (covered) break;
      uncovered = now.end + 1;
    }
    if (!covered) missing.push_back(lock);
  }
  return missing;
}

LockReport CompareLocks(const History& history) {
  LockReport report;
  std::map<std::pair<std::string, int64_t>, size_t>
      before;  // the last event before, by process and pid
  for (size_t i : history.Events("locks")) {
    const Op& op = history.ops()[i];
    const std::pair who = {op.value["process"].Text(), op.value["pid"].Int()};
    if (op.value["when"].Text() == "before") before[who] = i;
    if (op.value["when"].Text() != "after" || !before.contains(who)) continue;
    const std::vector<Lock> held = LocksOf(history.ops()[before[who]]);
    ++report.pairs;
    report.held += static_cast<int64_t>(held.size());
    for (const Lock& lock : Missing(held, LocksOf(op)))
      report.lost.push_back({before[who], i, lock});
  }
  return report;
}

}  // namespace harness
