#include "harness/oracle/all_succeed.h"

#include <algorithm>
#include <map>
#include <set>

#include "harness/oracle/verdicts.h"

namespace harness {
namespace {

// How many calls overlap one of another process. Calls come in the order of their invokes, so a
// call overlaps an earlier one exactly where the latest end so far, of another process, is after
// its invoke.
int64_t Overlapping(const std::vector<Call>& calls) {
  std::vector<char> overlaps(calls.size());
  std::map<std::string, size_t> latest;  // the call of each process that ends last so far
  for (size_t i = 0; i < calls.size(); ++i) {
    for (const auto& [process, k] : latest) {
      if (process == calls[i].invoke->process || calls[k].end_ns() <= calls[i].invoke->t_ns)
        continue;
      overlaps[i] = overlaps[k] = 1;
    }
    const auto [it, first] = latest.try_emplace(calls[i].invoke->process, i);
    if (!first && calls[i].end_ns() > calls[it->second].end_ns()) it->second = i;
  }
  return std::ranges::count(overlaps, 1);
}

std::set<std::string> Killed(const History& history) {
  std::set<std::string> killed;
  for (size_t i : history.Events("kill")) killed.insert(history.ops()[i].value["process"].Text());
  for (size_t i : history.Events("died")) {
    const Value& v = history.ops()[i].value;
    if (v["expected"].Bool()) killed.insert(v["process"].Text());
  }
  return killed;
}

}  // namespace

Verdict CheckAllSucceed(const History& history, const Expectation& expectation) {
  const std::string& op = expectation.params["op"].Text();
  if (op.empty()) return Unknown("the card names no op", Value::MakeObject());
  std::vector<Call> calls = history.Calls(op);
  if (const Value& text = expectation.params["containing"]; text.is_text()) {
    std::erase_if(calls, [&](const Call& call) {
      return !Contains(PlainText(call.invoke->value["sql"]), text.Text());
    });
  }
  std::set<std::string> processes;
  std::vector<int64_t> took_ns;
  for (const Call& call : calls) {
    processes.insert(call.invoke->process);
    if (call.ok()) took_ns.push_back(call.end->t_ns - call.invoke->t_ns);
  }
  const int64_t overlapping = Overlapping(calls);
  Value figures = Value::MakeObject({{"calls", calls.size()},
                                     {"processes", processes.size()},
                                     {"ok", std::ranges::count_if(calls, &Call::ok)},
                                     {"failed", std::ranges::count_if(calls, &Call::failed)},
                                     {"in_doubt", std::ranges::count_if(calls, &Call::in_doubt)},
                                     {"overlapping", overlapping}});
  AddPercentiles(figures, "took", std::move(took_ns));

  const std::set<std::string> killed = Killed(history);
  std::string cut_off;
  for (const Call& call : calls) {
    if (call.ok()) continue;
    const std::string& process = call.invoke->process;
    if (call.in_doubt() && killed.contains(process)) {
      cut_off = process;
      continue;
    }
    std::string how = "it did not end";
    if (call.end) {
      how = call.failed() ? "it fails" : "its outcome is in doubt";
      const std::string message = PlainText(call.end->value["message"]);
      if (call.end->value["code"].is_int()) {
        how += " with code " + std::to_string(call.end->value["code"].Int());
      }
      if (!message.empty()) how += ": " + message;
    }
    return Fail(op + " of " + process + ": " + how,
                {{call.invoke_index, process + " does " + op + " together with " +
                                         std::to_string(processes.size() - 1) + " others"},
                 {call.end_index, how + ", where every one has to succeed"}},
                std::move(figures));
  }
  const int64_t wanted = expectation.params["processes"].Int(2);
  if (static_cast<int64_t>(processes.size()) < wanted) {
    return Unknown(std::to_string(processes.size()) + " processes took part, " +
                       std::to_string(wanted) + " wanted",
                   std::move(figures));
  }
  if (!cut_off.empty())
    return Unknown(cut_off + " was killed while it was at it", std::move(figures));
  if (processes.size() > 1 && overlapping < 2)
    return Unknown("no two calls overlapped in time", std::move(figures));
  return Pass(Count(static_cast<int64_t>(calls.size()), "call") + " at once, all succeeded",
              std::move(figures));
}

}  // namespace harness
