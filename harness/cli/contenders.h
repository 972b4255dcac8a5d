// Who takes part in a run: each --subject with what --sqlite, --actor and --expect give it, probed
// in throw-away processes before the first cell.
#ifndef HARNESS_CLI_CONTENDERS_H_
#define HARNESS_CLI_CONTENDERS_H_

#include <string>
#include <vector>

#include "harness/cli/options.h"
#include "harness/run/matrix_runner.h"

namespace harness {

struct Preparation {
  int exit_code = 0;  // 0: every contender can run; else what the program is to exit with
  std::string error = {};
  std::vector<Contender> contenders = {};  // at least one; one SQLite and the same actors for all
};

// The folder of the running program, beside which the others are.
std::string ProgramFolder();

// `programs` is the folder of honker-harness and honker-actor; the library that is built here is
// the subject where none is named. Several subjects get names that tell them apart.
Preparation PrepareContenders(const Options& options, const std::string& programs);

}  // namespace harness

#endif  // HARNESS_CLI_CONTENDERS_H_
