// `run` and `replay`: from options to a run's folder and its exit code.
#ifndef HARNESS_CLI_RUN_COMMAND_H_
#define HARNESS_CLI_RUN_COMMAND_H_

#include "harness/cli/options.h"
#include "harness/run/cell_runner.h"

namespace harness {

int RunCommand(const Options& options, const Catalogue& catalogue);

}  // namespace harness

#endif  // HARNESS_CLI_RUN_COMMAND_H_
