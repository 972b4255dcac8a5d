// honker-harness as a function: the scenarios hand in their catalogue and get the exit code.
#ifndef HARNESS_CLI_CLI_H_
#define HARNESS_CLI_CLI_H_

#include "harness/run/cell_runner.h"

namespace harness {

int HarnessMain(int argc, char** argv, const Catalogue& catalogue);

}  // namespace harness

#endif  // HARNESS_CLI_CLI_H_
