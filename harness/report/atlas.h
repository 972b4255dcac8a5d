// The atlas: every cell of a run with its verdict and figures, as JSON (docs/atlas.md has the
// schema). All other reports are made from it, so `report DIR` prints what the run printed.
#ifndef HARNESS_REPORT_ATLAS_H_
#define HARNESS_REPORT_ATLAS_H_

#include <string>
#include <vector>

#include "harness/base/value.h"
#include "harness/run/cell_runner.h"

namespace harness {

inline constexpr int kAtlasSchemaVersion = 2;

Value CellJson(const CellResult& result);
// `run` is what run.json holds.
// `complete` is false where the run was interrupted.
Value AtlasJson(const Value& run, const std::vector<CellResult>& results, bool complete);

// The exit code of a run: 130 where it was interrupted, else strongest first 70, 1, 2, 0
// (docs/contracts.md, "Exit codes").
int ExitCodeFor(const Value& atlas);

}  // namespace harness

#endif  // HARNESS_REPORT_ATLAS_H_
