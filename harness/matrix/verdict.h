// What a cell comes to: the one list of verdicts.
#ifndef HARNESS_MATRIX_VERDICT_H_
#define HARNESS_MATRIX_VERDICT_H_

#include <string_view>

#include "harness/base/result.h"
#include "harness/matrix/claim.h"
#include "harness/oracle/oracle.h"

namespace harness {

enum class CellVerdict {
  kKept,     // the promise held, with evidence
  kBroken,   // it did not, with proof
  kUnknown,  // no evidence either way
  kError,    // the cell could not be played
  kRefused,  // the subject declined at open, as documented
  kAbsent,   // the subject has no such function or backend
  kSkipped,  // this machine cannot run it; the reason is printed
  kCounted,  // not documented here: figures only
};

std::string_view ToString(CellVerdict verdict);
// An error lists the valid ones.
Result<CellVerdict> ParseCellVerdict(std::string_view text);

// An oracle's answer about a claim in a cell. Where nothing is documented the figures are all there
// is; likewise of a watcher that was opened where a refusal is documented: nothing is promised of
// it, and that it is there is judged by kRefusalClaim.
CellVerdict Fold(Outcome outcome, Promise promise);

// The verdict of a cell from those of its claims: the strongest of error, broken, unknown, kept,
// refused, absent, skipped, counted, in that order.
CellVerdict Stronger(CellVerdict a, CellVerdict b);

}  // namespace harness

#endif  // HARNESS_MATRIX_VERDICT_H_
