// Runs one cell: plays the situation, ends every process, lets the oracles judge the history.
#ifndef HARNESS_RUN_CELL_RUNNER_H_
#define HARNESS_RUN_CELL_RUNNER_H_

#include <string>
#include <vector>

#include "harness/matrix/cell.h"
#include "harness/matrix/claim.h"
#include "harness/matrix/expected.h"
#include "harness/matrix/verdict.h"
#include "harness/run/environment.h"
#include "harness/run/file_systems.h"
#include "harness/run/guardian.h"

namespace harness {

// What is promised and what is known to differ: data that the scenarios bring along.
struct Catalogue {
  std::vector<const Card*> cards;
  std::vector<Claim> claims;
  std::vector<Divergence> divergences;
};

// What the oracles of a claim say in a cell.
struct Judgement {
  std::string claim;
  std::string oracle;  // their names; "" where the cell ended before an oracle could judge
  CellVerdict verdict = CellVerdict::kError;
  Verdict detail;
  const Divergence* divergence = nullptr;
  bool as_expected = false;
};

struct CellResult {
  Cell cell;
  CellVerdict verdict = CellVerdict::kError;
  std::string reason = {};  // one line
  std::vector<Judgement> judgements = {};
  bool as_expected = false;
  double seconds = 0;
  std::string rerun = {};  // the whole command that runs this cell again
};

struct RunFolders {
  std::string run;      // runs/<time>-<seed>
  std::string scratch;  // where databases are made
  bool keep = false;    // histories and databases of cells that went as expected
  // Where cells of the axis `fs` run, and what lets a cell mount. Null: neither.
  const FileSystems* file_systems = nullptr;
};

// Never throws: what goes wrong becomes the cell's verdict. Writes card.txt, verdict.json and,
// where the cell is not kept, explain.txt into the cell's folder; and the database, where it stays
// but the file system that it lies on does not.
CellResult RunCell(const Cell& cell, const Environment& environment, const Catalogue& catalogue,
                   const std::vector<Divergence>& expected, const RunFolders& folders,
                   const std::string& rerun, Guardian& guardian);

// Judges a history with the oracles of the cell's card, and by what it says of the cell's end.
// Where a refusal is documented and a watcher was opened instead, that is a judgement of its own,
// broken, about kRefusalClaim. Pure: the same history, the same judgements.
std::vector<Judgement> Judge(const Cell& cell, const History& history, const Catalogue& catalogue,
                             const std::vector<Divergence>& expected);

// The proof as text: op numbers, times, processes, then the rerun line.
std::string Explain(const CellResult& result, const History& history,
                    const std::vector<Claim>& claims);

}  // namespace harness

#endif  // HARNESS_RUN_CELL_RUNNER_H_
