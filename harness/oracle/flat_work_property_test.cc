// Work within the bound passes, at any sizes and in any order; one call that exceeds it is found;
// where an answer is missing or wrong nothing is said.
#include <gtest/gtest.h>

#include "harness/oracle/flat_work.h"
#include "harness/oracle/property.h"

namespace harness {
namespace {

// Each element is a kind of call; its value says how much work it is and how much the pages grow.
Ops Flat(const Script& script, int64_t sizes) {
  HistoryBuilder h;
  for (int64_t i = 0, size = 100; i < sizes; ++i, size *= 10) {
    for (size_t k = 0; k < script.size(); ++k) {
      const int64_t steps = 10 + script[k] * 7, pages = 1 + script[k] % 30;
      const bool paid = script[k] % 4 == 0, priorities = script[k] % 4 == 1;
      const int64_t scale = paid ? size / 100 : 1;
      Value asked = Obj({{"what", "call" + std::to_string(k)}, {"size", size}, {"got", 3}});
      if (paid) asked.Set("paid", size).Set("first", true);
      if (priorities) asked.Set("priorities", size / 10);
      const int64_t seeks = priorities ? (size - 100) / 10 : 0;
      h.After(1).Do("caller:1", "measure", std::move(asked),
                    Obj({{"rows", List({List({"[1,2,3]"})})},
                         {"steps", (steps + i * (steps / 8)) * scale + seeks * (script[k] % 100)},
                         {"pages", pages + i * (pages / 2) + (paid ? size - 100 : 0) * 30 +
                                       seeks * (script[k] % 25)}}));
    }
  }
  return h.ops();
}

Script Calls() { return *rc::gen::nonEmpty(rc::gen::arbitrary<Script>()); }
int64_t Sizes() { return *rc::gen::inRange<int64_t>(2, 5); }

Verdict Check(Outcome wanted, const Ops& ops) { return Require(wanted, CheckFlatWork, ops); }

RC_GTEST_PROP(FlatWorkProperty, WorkThatStaysPasses, (const Script& noise)) {
  Check(Outcome::kPass, WithNoise(Scaled(Flat(Calls(), Sizes()), 7), noise));
}

RC_GTEST_PROP(FlatWorkProperty, OneCallThatGrowsIsFound, (uint32_t pick, bool pages)) {
  const Script calls = Calls();
  Ops ops = Flat(calls, Sizes());
  const size_t first = 2 * calls.size();  // calls at the smallest size are what others are held to
  Op& end = ops[first + pick % ((ops.size() - first) / 2) * 2 + 1];
  const char* figure = pages ? "pages" : "steps";
  // Beyond every allowance: of depth, of a priority, and of what is paid once.
  end.value.Set(figure, end.value[figure].Int() * 20 + 9'000'000);
  RC_ASSERT(!Check(Outcome::kFail, ops).proof.empty());
}

RC_GTEST_PROP(FlatWorkProperty, WithoutAnAnswerNothingIsSaid, (uint32_t pick)) {
  Ops ops = Flat(Calls(), Sizes());
  Op& end = ops[pick % (ops.size() / 2) * 2 + 1];
  switch (*rc::gen::inRange(0, 3)) {
    case 0:
      end.type = OpType::kFail;
      break;
    case 1:
      end.type = OpType::kInfo;
      break;
    default:
      end.value.Set("rows", List({List({"[1,2]"})}));
  }
  Check(Outcome::kUnknown, ops);
}

RC_GTEST_PROP(FlatWorkProperty, AHoleIsNoEvidence, (uint32_t pick)) {
  const Script calls = Calls();
  Ops ops = Flat(calls, 2);
  const auto at = static_cast<std::ptrdiff_t>(pick % (ops.size() / 2) * 2);
  ops.erase(ops.begin() + at, ops.begin() + at + 2);
  Check(Outcome::kUnknown, ops);
}

}  // namespace
}  // namespace harness
