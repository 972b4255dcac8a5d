// `sweep KIND [key=value ...] [once|always]`: every call in turn is struck by that fault. Sugar
// over `run`: the cards that sweep (those with an axis `nth`), with the fault as axes.
#ifndef HARNESS_CLI_SWEEP_COMMAND_H_
#define HARNESS_CLI_SWEEP_COMMAND_H_

#include "harness/base/result.h"
#include "harness/cli/options.h"
#include "harness/run/cell_runner.h"

namespace harness {

// The options of the `run` that it stands for. An Error for a fault that cannot be parsed, that the
// VFS does not carry out, or that has a key which a sweep sets itself.
[[nodiscard]] Result<Options> SweepAsRun(const Options& options, const Catalogue& catalogue);

}  // namespace harness

#endif  // HARNESS_CLI_SWEEP_COMMAND_H_
