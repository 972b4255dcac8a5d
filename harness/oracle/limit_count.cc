#include "harness/oracle/limit_count.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "harness/oracle/function_calls.h"
#include "harness/oracle/verdicts.h"

namespace harness {
namespace {

using Window = std::tuple<std::string, int64_t, int64_t>;  // name, length, number

struct Tally {
  std::vector<const FunctionCall*> certain;  // grants, in the order of their invokes
  int64_t possible = 0;                      // grants that may belong here or to the next window
  std::vector<const FunctionCall*> denials;
};

}  // namespace

Verdict CheckLimitCount(const History& history, const Expectation& expectation) {
  const std::vector<FunctionCall> calls = FunctionCalls(history, "honker_rate_limit_");
  std::map<Window, Tally> windows;
  int64_t grants = 0, denials = 0, sweeps = 0, maybe = 0;
  size_t first_grant = SIZE_MAX, last_denial = 0;
  const auto figures = [&] {
    return Value::MakeObject({{"grants", grants},
                              {"denials", denials},
                              {"sweeps", sweeps},
                              {"windows", windows.size()}});
  };
  for (const FunctionCall& c : calls) {
    if (c.call.in_doubt()) {
      ++maybe;
      continue;
    }
    if (!c.call.ok()) {
      const std::string message = PlainText(c.call.end->value["message"]);
      return Fail(std::string(c.function) + " fails: " + message,
                  {{c.call.end_index, "it fails: " + message}}, figures());
    }
    if (c.function != "honker_rate_limit_try") continue;
    const bool granted = c.Says(1);
    if (!granted && !c.Says(0)) {
      return Fail("an answer that is neither 1 nor 0: " + c.Answer().Print(),
                  {{c.call.end_index, "it answers " + c.Answer().Print()}}, figures());
    }
    const int64_t per = std::max<int64_t>(c.Int(2), 1);
    const int64_t first = c.from_s / per, last = c.to_s / per;
    ++(granted ? grants : denials);
    if (granted) {
      first_grant = std::min(first_grant, c.call.end_index);
    } else {
      last_denial = std::max(last_denial, c.call.invoke_index);
    }
    for (int64_t n = first; n <= last; ++n) {
      Tally& tally = windows[{c.Text(0), per, n}];
      if (first != last) {
        tally.possible += granted ? 1 : 0;
      } else {
        (granted ? tally.certain : tally.denials).push_back(&c);
      }
    }
  }
  bool swept = false, filled = false;
  for (const FunctionCall& c : calls) {
    if (c.function != "honker_rate_limit_sweep" || !c.call.ok()) continue;
    ++sweeps;
    swept |= c.call.invoke_index > first_grant && c.call.end_index < last_denial;
  }

  for (const auto& [window, tally] : windows) {
    const std::string words =
        std::get<0>(window) + " from " + std::to_string(std::get<1>(window) * std::get<2>(window));
    const auto held = static_cast<int64_t>(tally.certain.size());
    for (int64_t i = 0; i < held; ++i) {
      const FunctionCall& grant = *tally.certain[static_cast<size_t>(i)];
      if (i < grant.Int(1)) continue;
      return Fail(Count(i + 1, "grant") + " in window " + words + ", where the limit is " +
                      std::to_string(grant.Int(1)),
                  {{tally.certain.front()->call.end_index, "the first grant of the window"},
                   {grant.call.end_index, "the grant number " + std::to_string(i + 1)}},
                  figures());
    }
    for (const FunctionCall* denial : tally.denials) {
      // Grants that were under way when the denial ended may have come before it.
      const auto begun = std::ranges::lower_bound(
          tally.certain, denial->call.end_index, {},
          [](const FunctionCall* grant) { return grant->call.invoke_index; });
      const int64_t before = (begun - tally.certain.begin()) + tally.possible + maybe;
      filled |= before >= denial->Int(1);
      if (before >= denial->Int(1)) continue;
      return Fail("denied in window " + words + " after " + Count(before, "grant") + " of " +
                      std::to_string(denial->Int(1)),
                  {{denial->call.end_index,
                    "denied, with " + Count(before, "grant") + " at most in this window so far"}},
                  figures());
    }
  }
  if (!filled) return Unknown("no window was full when it was asked", figures());
  if (expectation.params["sweeps"].Bool() && !swept)
    return Unknown("nothing was swept between a grant and a denial", figures());
  return Pass(Count(grants, "grant") + " in " +
                  Count(static_cast<int64_t>(windows.size()), "window") +
                  ", and never more than the limit",
              figures());
}

}  // namespace harness
