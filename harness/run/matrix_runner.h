// Runs many cells, several at a time, and hands back their results in the order of the cells.
#ifndef HARNESS_RUN_MATRIX_RUNNER_H_
#define HARNESS_RUN_MATRIX_RUNNER_H_

#include <functional>
#include <vector>

#include "harness/run/cell_runner.h"

namespace harness {

struct MatrixJob {
  std::vector<Cell> cells;
  const Environment& environment;
  const Catalogue& catalogue;
  const std::vector<Divergence>& expected;
  RunFolders folders;
  int jobs = 1;
  std::function<std::string(const Cell&)> rerun;  // the command that runs a cell again
  std::function<void(const Cell&)> began;         // from any of the threads
  std::function<void(const CellResult&)> ended;   // likewise
};

// After an interrupt it stops at once and returns what was finished by then.
std::vector<CellResult> RunMatrix(const MatrixJob& job, Guardian& guardian);

}  // namespace harness

#endif  // HARNESS_RUN_MATRIX_RUNNER_H_
