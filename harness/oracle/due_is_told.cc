#include "harness/oracle/due_is_told.h"

#include <algorithm>
#include <map>
#include <utility>

#include "harness/oracle/jobs.h"

namespace harness {
namespace {

struct Due {
  size_t event;
  int64_t id;
  int64_t run_at_s;
  int64_t now_s;
  size_t enqueued;                // where its enqueue ended
  size_t first_claim = SIZE_MAX;  // where the first claim of it began
};

bool IsEmpty(const Call& claim) {
  return claim.ok() && claim.end->value["jobs"].is_array() &&
         claim.end->value["jobs"].items().empty();
}

// By queue, in the order of the events. Those whose enqueue is not in the history are left out.
std::map<std::string, std::vector<Due>> FindDue(const History& history) {
  std::map<int64_t, size_t> enqueued;
  for (const Enqueue& e : Enqueues(history)) {
    if (e.id != 0 && !e.rolled_back) enqueued.emplace(e.id, e.call.end_index);
  }
  std::map<int64_t, size_t> claimed;
  for (const ClaimedJob& c : ClaimedJobs(history)) {
    // A later attempt says that a claim in doubt had the job before.
    claimed.emplace(c.id, c.attempts == 1 ? c.call.invoke_index : 0);
  }
  std::map<std::string, std::vector<Due>> due;
  for (size_t i : history.Events("due")) {
    const Value& v = history.ops()[i].value;
    const auto made = enqueued.find(v["id"].Int());
    if (made == enqueued.end() || v["run_at"].Int() > v["now"].Int()) continue;
    const auto first = claimed.find(made->first);
    due[v["queue"].Text()].push_back(
        {.event = i,
         .id = made->first,
         .run_at_s = v["run_at"].Int(),
         .now_s = v["now"].Int(),
         .enqueued = made->second,
         .first_claim = first == claimed.end() ? SIZE_MAX : first->second});
  }
  return due;
}

// What a process did last with a queue before it asked: where its claim stands, if that was empty.
struct Looked {
  size_t invoke = 0;
  size_t end = 0;
  bool empty = false;
};

}  // namespace

Verdict CheckDueIsTold(const History& history, const Expectation&) {
  Verdict verdict;
  const std::map<std::string, std::vector<Due>> due = FindDue(history);
  // Claims and questions in the order of their beginnings.
  std::vector<Call> calls = history.Calls("claim");
  for (const Call& c : history.Calls("next_claim_at")) calls.push_back(c);
  std::ranges::sort(calls, {}, &Call::invoke_index);

  int64_t judged = 0, untold = 0;
  std::map<std::pair<std::string, std::string>, Looked> looked;  // by process and queue
  for (const Call& call : calls) {
    const std::string& queue = call.invoke->value["queue"].Text();
    Looked& last = looked[{call.invoke->process, queue}];
    if (call.invoke->name == "claim") {
      last = {call.invoke_index, call.end_index, IsEmpty(call)};
      continue;
    }
    const auto here = due.find(queue);
    if (here == due.end() || !last.empty || !call.ok()) continue;
    // The events after the claim's end and before the question.
    const std::vector<Due>& all = here->second;
    for (auto d = std::ranges::lower_bound(all, last.end, {}, &Due::event);
         d != all.end() && d->event < call.invoke_index; ++d) {
      const bool could_be_claimed = d->first_claim != SIZE_MAX && d->first_claim > call.end_index;
      if (d->enqueued > last.invoke || !could_be_claimed) continue;
      ++judged;
      const int64_t at = call.end->value["at"].Int();
      if (at > 0 && at <= d->now_s) continue;
      ++untold;
      const std::string job = "job " + std::to_string(d->id);
      verdict.proof.push_back({last.end, call.invoke->process + " claims and gets nothing"});
      verdict.proof.push_back({d->event, job + " is due since " + std::to_string(d->run_at_s) +
                                             ", at " + std::to_string(d->now_s) +
                                             " by the database's clock"});
      verdict.proof.push_back(
          {call.end_index, call.invoke->process +
                               (at == 0 ? std::string(" is told that there is nothing to wait for")
                                        : " is told to come back at " + std::to_string(at)) +
                               ", and would sleep"});
      verdict.proof.push_back({d->first_claim, "only now is " + job + " claimed"});
    }
  }
  verdict.figures = Value::MakeObject(
      {{"due", history.Events("due").size()}, {"judged", judged}, {"untold", untold}});
  if (untold > 0) {
    verdict.outcome = Outcome::kFail;
    verdict.reason = std::to_string(untold) + " of " + std::to_string(judged) +
                     " jobs that fell due after an empty claim were not told";
  } else if (judged == 0) {
    verdict.reason = "no job fell due between an empty claim and the question that followed";
  } else {
    verdict.outcome = Outcome::kPass;
    verdict.reason = "every job that fell due after an empty claim was told at once";
  }
  return verdict;
}

}  // namespace harness
