#include "harness/matrix/verdict.h"

#include <algorithm>
#include <string>

namespace harness {
namespace {

struct Named {
  CellVerdict verdict;
  std::string_view name;
};

// Strongest first.
constexpr Named kVerdicts[] = {
    {CellVerdict::kError, "error"},     {CellVerdict::kBroken, "broken"},
    {CellVerdict::kUnknown, "unknown"}, {CellVerdict::kKept, "kept"},
    {CellVerdict::kRefused, "refused"}, {CellVerdict::kAbsent, "absent"},
    {CellVerdict::kSkipped, "skipped"}, {CellVerdict::kCounted, "counted"},
};

}  // namespace

std::string_view ToString(CellVerdict verdict) {
  return std::ranges::find(kVerdicts, verdict, &Named::verdict)->name;
}

Result<CellVerdict> ParseCellVerdict(std::string_view text) {
  std::string names;
  for (const Named& entry : kVerdicts) {
    if (entry.name == text) return entry.verdict;
    names += (names.empty() ? "" : ", ") + std::string(entry.name);
  }
  return Error{"\"" + std::string(text) + "\" is no verdict; there are " + names};
}

CellVerdict Fold(Outcome outcome, Promise promise) {
  if (promise != Promise::kMade) return CellVerdict::kCounted;
  switch (outcome) {
    case Outcome::kPass:
      return CellVerdict::kKept;
    case Outcome::kFail:
      return CellVerdict::kBroken;
    case Outcome::kUnknown:
      return CellVerdict::kUnknown;
  }
  return CellVerdict::kError;
}

CellVerdict Stronger(CellVerdict a, CellVerdict b) {
  const auto rank = [](CellVerdict v) { return std::ranges::find(kVerdicts, v, &Named::verdict); };
  return rank(a) < rank(b) ? a : b;
}

}  // namespace harness
