#include "harness/oracle/trouble_told.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "harness/oracle/verdicts.h"

namespace harness {
namespace {

struct Trouble {
  std::string process;
  std::string what;
  size_t begin = 0;
  size_t end = 0;
  bool must_tell = false;
};

std::vector<Trouble> TroublesOf(const History& history) {
  std::vector<Trouble> troubles;
  std::map<std::string, Trouble> open;
  for (size_t i : history.Events("trouble")) {
    const Value& v = history.ops()[i].value;
    const std::string& process = v["process"].Text();
    if (v["state"].Text() == "begins") {
      open[process] = Trouble{process, v["what"].Text(), i};
    } else if (const auto at = open.find(process); at != open.end()) {
      at->second.end = i;
      at->second.must_tell = v["must_tell"].Bool();
      troubles.push_back(at->second);
      open.erase(at);
    }
  }
  return troubles;
}

bool ToldToSubscriber(const History& history, const Trouble& trouble) {
  for (size_t i = trouble.begin; i < trouble.end; ++i) {
    const Op& op = history.ops()[i];
    if (op.process != trouble.process) continue;
    if (op.type == OpType::kEvent && (op.name == "wake" || op.name == "dead")) return true;
    if (op.type == OpType::kOk && op.name == "watch" && op.value["outcome"].Text() == "refused" &&
        !PlainText(op.value["error"]).empty())
      return true;
  }
  return false;
}

}  // namespace

Verdict CheckTroubleTold(const History& history, const Expectation&) {
  const std::vector<Trouble> troubles = TroublesOf(history);
  std::map<std::string, size_t> of_process;
  for (const Trouble& trouble : troubles) ++of_process[trouble.process];
  std::map<std::string, std::map<std::string, std::vector<size_t>>> lines;
  int64_t line_count = 0;
  for (size_t i : history.Events("stderr")) {
    const Value& v = history.ops()[i].value;
    if (!of_process.contains(v["process"].Text())) continue;
    lines[v["process"].Text()][PlainText(v["line"])].push_back(i);
    ++line_count;
  }
  std::map<std::string, size_t> over;
  for (size_t i : history.Events("died")) over[history.ops()[i].value["process"].Text()] = i;

  int64_t must_tell = 0;
  int64_t told = 0;
  std::string why;
  std::string reason;
  std::vector<ProofStep> proof;
  for (const Trouble& trouble : troubles) {
    if (!over.contains(trouble.process) && why.empty())
      why = trouble.process + " is not over: its stderr was not collected";
    const bool by_wait = ToldToSubscriber(history, trouble);
    told += by_wait ? 1 : 0;
    must_tell += trouble.must_tell ? 1 : 0;
    if (!trouble.must_tell || by_wait || lines.contains(trouble.process) || !proof.empty())
      continue;
    if (!over.contains(trouble.process)) continue;
    reason = "a watcher that could not look kept silent";
    proof = {{trouble.begin, "from here on looks of " + trouble.process + " fail: " + trouble.what},
             {trouble.end, "up to here no wait was told anything"},
             {over[trouble.process], "and nothing is on its stderr"}};
  }
  for (const auto& [process, theirs] : lines) {
    for (const auto& [line, said] : theirs) {
      if (said.size() <= of_process[process] || !proof.empty()) continue;
      reason = "the same trouble is said again and again";
      proof = {{said.front(), process + " says: " + line},
               {said.back(), "and says it " + Count(static_cast<int64_t>(said.size()), "time") +
                                 ", for " +
                                 Count(static_cast<int64_t>(of_process[process]), "trouble")}};
    }
  }
  Value figures = Value::MakeObject({{"troubles", troubles.size()},
                                     {"must_tell", must_tell},
                                     {"told_to_subscriber", told},
                                     {"lines", line_count}});
  if (!proof.empty()) return Fail(reason, std::move(proof), std::move(figures));
  if (troubles.empty()) return Unknown("no trouble came to its end", std::move(figures));
  if (!why.empty()) return Unknown(why, std::move(figures));
  return Pass(must_tell == 0 ? "no look is known to have failed"
              : told > 0     ? "the subscriber was told"
                             : "said on stderr, " + Count(line_count, "line"),
              std::move(figures));
}

}  // namespace harness
