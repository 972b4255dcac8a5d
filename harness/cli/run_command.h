// `run` and `replay`: from options to a run's folder and its exit code.
#ifndef HARNESS_CLI_RUN_COMMAND_H_
#define HARNESS_CLI_RUN_COMMAND_H_

#include <string>

#include "harness/cli/options.h"
#include "harness/run/cell_runner.h"

namespace harness {

int RunCommand(const Options& options, const Catalogue& catalogue);

// A cell from the name that reports print: "wake/x backend=kernel journal=wal sqlite=3.40.1
// seed=71". An error names the word that is wrong and the nearest right one.
Result<Cell> CellByName(const Catalogue& catalogue, const std::string& name);

// The command that runs the cell again: subject, SQLite, every axis, seed and folder spelt out.
std::string RerunCommand(const std::string& program, const Environment& environment,
                         const Options& options, const Cell& cell);

}  // namespace harness

#endif  // HARNESS_CLI_RUN_COMMAND_H_
