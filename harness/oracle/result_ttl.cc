#include "harness/oracle/result_ttl.h"

#include <algorithm>
#include <map>

#include "harness/oracle/function_calls.h"
#include "harness/oracle/verdicts.h"

namespace harness {
namespace {

// The saves of one job: the last that ended, and whether another may still take effect.
struct Saved {
  const FunctionCall* last = nullptr;
  size_t busy_until = 0;  // the latest end of any save so far
};

}  // namespace

Verdict CheckResultTtl(const History& history, const Expectation& expectation) {
  const std::vector<FunctionCall> calls = FunctionCalls(history, "honker_result_");
  int64_t there = 0, gone = 0, judged = 0, sweeps = 0;
  size_t swept = SIZE_MAX;
  bool there_after_sweep = false, gone_after_sweep = false;
  const auto figures = [&] {
    return Value::MakeObject(
        {{"there", there}, {"gone", gone}, {"judged", judged}, {"sweeps", sweeps}});
  };
  std::map<int64_t, std::vector<size_t>> saves;  // of each job, where they begin
  for (const FunctionCall& c : calls) {
    if (c.function == "honker_result_save") saves[c.Int(0)].push_back(c.call.invoke_index);
  }
  std::map<int64_t, Saved> jobs;
  for (const FunctionCall& c : calls) {  // in the order of their invokes
    if (c.call.failed()) {
      const std::string message = PlainText(c.call.end->value["message"]);
      return Fail(std::string(c.function) + " fails: " + message,
                  {{c.call.end_index, "it fails: " + message}}, figures());
    }
    if (c.function == "honker_result_sweep" && c.call.ok()) {
      ++sweeps;
      swept = std::min(swept, c.call.end_index);
    }
    Saved& job = jobs[c.Int(0)];
    if (c.function == "honker_result_save") {
      job.last = &c;
      job.busy_until = std::max(job.busy_until, c.call.in_doubt() ? SIZE_MAX : c.call.end_index);
    }
    if (c.function != "honker_result_get" || !c.call.ok()) continue;
    if (job.last == nullptr || job.busy_until > c.call.invoke_index) continue;
    // A save that begins before this get has ended may be what was read.
    const std::vector<size_t>& begins = saves[c.Int(0)];
    const auto later = std::ranges::upper_bound(begins, c.call.invoke_index);
    if (later != begins.end() && *later < c.call.end_index) continue;
    const int64_t ttl = job.last->Int(2);
    const bool live = ttl <= 0 || c.to_s < job.last->from_s + ttl;
    const bool over = ttl > 0 && c.from_s >= job.last->to_s + ttl;
    const bool found = !c.Answer().is_null();
    const bool same = PlainText(c.Answer()) == job.last->Text(1);
    ++judged;
    const std::string name = "the result of job " + std::to_string(c.Int(0));
    std::string wrong;
    if (found && !same) wrong = name + " reads as something else";
    if (live && !found) wrong = name + " is gone before its time";
    if (over && found) wrong = name + " is there after its time";
    if (!wrong.empty()) {
      return Fail(wrong,
                  {{job.last->call.end_index,
                    "saved at " + std::to_string(job.last->to_s) + " or before, for " +
                        (ttl > 0 ? Count(ttl, "second") : std::string("ever"))},
                   {c.call.end_index, wrong + ", at " + std::to_string(c.to_s)}},
                  figures());
    }
    there += live ? 1 : 0;
    gone += over ? 1 : 0;
    there_after_sweep |= live && swept < c.call.invoke_index;
    gone_after_sweep |= over && swept < c.call.invoke_index;
  }
  if (there == 0) return Unknown("nobody read a result whose time was not over", figures());
  if (gone == 0) return Unknown("nobody read a result whose time was over", figures());
  if (expectation.params["sweeps"].Bool() && !(there_after_sweep && gone_after_sweep))
    return Unknown("nothing was read after a sweep", figures());
  return Pass("every result was there until its time was over, and then not", figures());
}

}  // namespace harness
