// Runs the honker-harness program from a test, as a user would, and reads what it left.
#ifndef SCENARIOS_HARNESS_PROGRAM_H_
#define SCENARIOS_HARNESS_PROGRAM_H_

#include <map>
#include <string>
#include <vector>

#include "harness/base/value.h"
#include "harness/run/child_process.h"

namespace scenarios {

struct ProgramResult {
  int exit_code = -1;  // 128 + signal where it was killed
  std::string output;
  std::string errors;
};

// A folder of its own for each test, removed with it; runs go to `<folder>/runs`.
class HarnessProgram {
 public:
  HarnessProgram();
  ~HarnessProgram();

  const std::string& folder() const { return folder_; }
  ProgramResult Run(std::vector<std::string> arguments,
                    std::map<std::string, std::string> environment = {});
  // Starts it and does not wait.
  harness::ChildProcess Begin(std::vector<std::string> arguments);
  // What the program has printed on stderr so far.
  std::string Errors() const;
  // The atlas of the last run; null where there is none.
  harness::Value Atlas() const;
  // Processes whose command line names this test's folder, and scratch folders below it.
  std::vector<std::string> LeftBehind() const;

 private:
  harness::Command CommandFor(std::vector<std::string> arguments) const;
  std::string folder_;
};

}  // namespace scenarios

#endif  // SCENARIOS_HARNESS_PROGRAM_H_
