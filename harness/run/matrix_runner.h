// Runs many cells, several at a time, and hands back their results in the order of the cells.
#ifndef HARNESS_RUN_MATRIX_RUNNER_H_
#define HARNESS_RUN_MATRIX_RUNNER_H_

#include <functional>
#include <vector>

#include "harness/run/cell_runner.h"

namespace harness {

// One subject of a run: where it runs, and what it is known to do otherwise.
struct Contender {
  Environment environment;
  std::vector<Divergence> expected = {};
};

// The contender that a cell is about: the one of that name. There is always one.
const Contender& ContenderOf(const Cell& cell, const std::vector<Contender>& contenders);

struct MatrixJob {
  std::vector<Cell> cells;
  const std::vector<Contender>& contenders;
  const Catalogue& catalogue;
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
