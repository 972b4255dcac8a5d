#include "harness/oracle/flat_work.h"

#include <algorithm>
#include <map>
#include <set>

#include "harness/oracle/verdicts.h"

namespace harness {
namespace {

struct Sample {
  Call call;
  int64_t size;
  int64_t moves;       // rows that it has to
  int64_t paid;        // rows that it may move, once
  int64_t priorities;  // that it may have to look at
  int64_t steps;
  int64_t pages;
};

int64_t AllowedSteps(const Sample& small, const Sample& large) {
  const double scale = static_cast<double>(std::max<int64_t>(large.paid, 1)) /
                       static_cast<double>(std::max<int64_t>(small.paid, 1));
  return static_cast<int64_t>(1.5 * scale * static_cast<double>(small.steps)) + 100 +
         100 * (large.priorities - small.priorities);
}

int64_t AllowedPages(const Sample& small, const Sample& large) {
  return 3 * small.pages + 20 + 25 * large.moves + 25 * (large.priorities - small.priorities) +
         50 * (large.paid - small.paid);
}

// The first column of the first row: an integer, or a JSON array of which the length counts. -1
// where it is neither.
int64_t Answer(const Call& call) {
  const Value& rows = call.end->value["rows"];
  if (rows.items().empty() || rows.items()[0].items().empty()) return -1;
  const Value& cell = rows.items()[0].items()[0];
  if (cell.is_int()) return cell.Int();
  const Result<Value> list = Value::Parse(PlainText(cell));
  return list.ok() && list.value().is_array() ? static_cast<int64_t>(list.value().items().size())
                                              : -1;
}

// Why the call's work means nothing; "" where it does.
std::string Flaw(const Call& call) {
  if (!call.ok()) {
    return "it failed" +
           (call.failed() ? ": " + PlainText(call.end->value["message"]) : std::string());
  }
  const Value& got = call.invoke->value["got"];
  if (!got.is_int() || Answer(call) == got.Int()) return "";
  return "it answered " + std::to_string(Answer(call)) + " where " + std::to_string(got.Int()) +
         " was to come";
}

double Ratio(int64_t large, int64_t small) {
  return static_cast<double>(large) / static_cast<double>(std::max<int64_t>(small, 1));
}

}  // namespace

Verdict CheckFlatWork(const History& history, const Expectation&) {
  std::map<std::string, std::map<int64_t, Sample>> calls;  // by name, then size
  std::set<int64_t> sizes;
  Value figures = Value::MakeObject();
  for (const Call& call : history.Calls("measure")) {
    const Value& v = call.invoke->value;
    if (!v["what"].is_text() || !v["size"].is_int()) continue;
    const std::string name = (v["first"].Bool() ? "first_" : "") + v["what"].Text();
    const int64_t size = v["size"].Int();
    if (const std::string flaw = Flaw(call); !flaw.empty())
      return Unknown(name + " at " + std::to_string(size) + " rows: " + flaw, std::move(figures));
    const Sample sample{.call = call,
                        .size = size,
                        .moves = v["got"].Int(),
                        .paid = v["paid"].Int(),
                        .priorities = v["priorities"].Int(),
                        .steps = call.end->value["steps"].Int(),
                        .pages = call.end->value["pages"].Int()};
    figures.Set(name + "_steps_" + std::to_string(size), sample.steps)
        .Set(name + "_pages_" + std::to_string(size), sample.pages);
    calls[name].insert_or_assign(size, sample);
    sizes.insert(size);
  }

  std::string reason, missing;
  std::vector<ProofStep> proof;
  double steps_growth = 1, pages_growth = 1;
  for (const auto& [name, by_size] : calls) {
    if (by_size.size() != sizes.size()) missing = name;
    const Sample& small = by_size.begin()->second;
    const std::string before = std::to_string(small.steps) + " steps and " +
                               std::to_string(small.pages) + " pages with " +
                               Count(small.size, "such row");
    for (const auto& [size, large] : by_size) {
      if (large.paid == 0 && large.priorities == 0) {
        steps_growth = std::max(steps_growth, Ratio(large.steps, small.steps));
        pages_growth = std::max(pages_growth, Ratio(large.pages, small.pages));
      }
      const int64_t steps = AllowedSteps(small, large), pages = AllowedPages(small, large);
      if (large.steps <= steps && large.pages <= pages) continue;
      const std::string after = std::to_string(large.steps) + " steps and " +
                                std::to_string(large.pages) + " pages with " + std::to_string(size);
      if (reason.empty()) reason = name + " takes " + after + ", " + before;
      proof.push_back({small.call.end_index, name + " takes " + before});
      proof.push_back({large.call.end_index, "and " + after + ", where at most " +
                                                 std::to_string(steps) + " and " +
                                                 std::to_string(pages) + " are flat"});
    }
  }
  figures.Set("steps_growth", steps_growth).Set("pages_growth", pages_growth);
  if (!proof.empty()) return Fail(std::move(reason), std::move(proof), std::move(figures));
  if (sizes.size() < 2) return Unknown("nothing was measured at two sizes", std::move(figures));
  if (!missing.empty())
    return Unknown(missing + " was not measured at every size", std::move(figures));
  return Pass(Count(static_cast<int64_t>(calls.size()), "kind") + " of calls cost the same from " +
                  std::to_string(*sizes.begin()) + " to " + std::to_string(*sizes.rbegin()) +
                  " rows",
              std::move(figures));
}

}  // namespace harness
