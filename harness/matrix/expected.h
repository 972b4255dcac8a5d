// What is expected of cells where measurement and documentation differ.
//
// scenarios/divergences.def lists what is wrong in the documentation about SQLite or the operating
// system; a file given with --expect lists what one subject does otherwise. A cell that neither
// lists is expected to be kept (or refused where that is documented).
#ifndef HARNESS_MATRIX_EXPECTED_H_
#define HARNESS_MATRIX_EXPECTED_H_

#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/matrix/cell.h"
#include "harness/matrix/verdict.h"

namespace harness {

enum class When { kAlways, kSometimes };

struct Divergence {
  std::string place;  // scenario, then axis=value: "wake/x backend=kernel journal=wal"; * as value
                      // of the scenario's last part matches all of a group
  std::string claim;  // whose verdict
  CellVerdict verdict;      // what is measured instead of `kept`
  When when;                // kSometimes accepts kept as well
  std::string truth;        // what was measured
  std::string reason;       // why it is so
  bool of_subject = false;  // from a file of --expect, not from divergences.def
  // Of an error that divergences.def lists: SQLite's name of it, which the cell's reason has to
  // contain. No other error is meant.
  std::string sqlite_error = {};
};

// True where the scenario is the same (or "group/*") and each axis that the place names has that
// value.
bool Matches(const std::string& place, const Cell& cell);

// The entry about that claim in that cell; null where there is none. Of several the first one that
// tells of this verdict, or else the first.
const Divergence* FindDivergence(const std::vector<Divergence>& list, const Cell& cell,
                                 std::string_view claim, CellVerdict verdict);

// Reads a file of --expect: a JSON array of {"cell","claim","verdict","when","truth","reason"}. An
// error names the entry and what is wrong with it.
Result<std::vector<Divergence>> ReadExpectations(const std::string& path);

}  // namespace harness

#endif  // HARNESS_MATRIX_EXPECTED_H_
