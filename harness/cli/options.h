// The command line of honker-harness.
#ifndef HARNESS_CLI_OPTIONS_H_
#define HARNESS_CLI_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/matrix/selection.h"

namespace harness {

struct Options {
  std::string command;  // list, show, faults, run, sweep, replay, report
  std::vector<std::string> arguments;
  Selection selection;
  bool seed_given = false;
  // PATH or NAME=PATH each; default: libhonker_ext.so beside the harness.
  std::vector<std::string> subjects;
  std::string sqlite;               // default: the one that the actors are linked with
  std::vector<std::string> expect;  // files of expectations; NAME=PATH is about one subject only
  std::vector<std::string> actors;  // NAME=COMMAND, as given
  std::string dir;                  // where databases are made; default: in the run's folder
  std::string out = "runs";         // where reports go
  int jobs = 0;                     // 0: seven a core
  bool keep = false;
  bool json = false;  // of `faults`
};

// What is to be done, or how the process has to end: help was printed (0), or a sentence and 64.
struct ParsedOptions {
  Options options;
  int exit_code = -1;  // -1: go on
};
ParsedOptions ParseOptions(int argc, char** argv);

}  // namespace harness

#endif  // HARNESS_CLI_OPTIONS_H_
