// The one exception of the harness: it ends the situation of a cell.
//
// A scenario's situation is a straight line of steps; when one of them cannot be done, the rest
// means nothing. Everywhere else errors are values.
#ifndef HARNESS_RUN_CELL_END_H_
#define HARNESS_RUN_CELL_END_H_

#include <stdexcept>
#include <string>

#include "harness/matrix/verdict.h"

namespace harness {

struct CellEnd : std::runtime_error {
  CellEnd(CellVerdict verdict_in, const std::string& reason)
      : std::runtime_error(reason), verdict(verdict_in) {}
  CellVerdict verdict;
};

// How the reason begins where a process hangs, whatever the verdict: no divergence covers that.
inline constexpr char kHangs[] = "hangs: ";

}  // namespace harness

#endif  // HARNESS_RUN_CELL_END_H_
