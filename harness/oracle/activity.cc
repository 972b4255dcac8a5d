#include "harness/oracle/activity.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "harness/oracle/deaths.h"

namespace harness {
namespace {

const std::set<std::string_view>& Bystanders() {
  static const std::set<std::string_view> kNames = {
      "watch",   "unwatch", "await",      "quiesce", "await_death", "window", "burst",
      "produce", "work",    "work_state", "stop",    "cost",        "chdir",  "fork"};
  return kNames;
}

const Value& ConnectionOf(const Call& call) { return call.invoke->value["conn"]; }

// The first word or words of a statement, in capitals.
bool Begins(const Call& call, std::string_view words) {
  const std::string& sql = call.invoke->value["sql"].Text();
  const auto same = [](char a, char b) { return std::toupper(static_cast<unsigned char>(a)) == b; };
  return call.invoke->name == "exec" && sql.size() >= words.size() &&
         std::equal(words.begin(), words.end(), sql.begin(),
                    [&](char word, char c) { return same(c, word); });
}

bool ShutsOut(const Call& call) {
  return call.ok() && (call.invoke->name == "hold" || Begins(call, "BEGIN EXCLUSIVE"));
}
bool LetsIn(const Call& call) {
  if (call.invoke->name == "commit") return call.invoke->value["held"].Bool();
  return call.invoke->name == "close" || Begins(call, "COMMIT") || Begins(call, "END") ||
         Begins(call, "ROLLBACK");
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
  std::vector<int64_t> ends;
  std::map<std::string_view, std::vector<size_t>> open;  // by process: calls that shut readers out
  for (const Call& call : calls_) {
    std::vector<size_t>& held = open[call.invoke->process];
    if (LetsIn(call)) {
      std::erase_if(held, [&](size_t k) {
        if (ConnectionOf(calls_[k]) != ConnectionOf(call)) return false;
        ends[k] = deaths.EndOf(call);
        return true;
      });
    }
    if (ShutsOut(call)) held.push_back(ends.size());
    ends.push_back(deaths.EndOf(call));
  }
  for (const auto& [process, held] : open) {
    // Never ended by a call, so it lasted as long as its process.
    for (size_t k : held) {
      ends[k] = deaths.EndOf(Call{calls_[k].invoke_index, 0, calls_[k].invoke, nullptr});
    }
  }
  int64_t latest = INT64_MIN;
  for (int64_t end : ends) latest_end_.push_back(latest = std::max(latest, end));
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
