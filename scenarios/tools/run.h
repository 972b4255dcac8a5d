// Programs that people run on a database that is in use.
#ifndef SCENARIOS_TOOLS_RUN_H_
#define SCENARIOS_TOOLS_RUN_H_

#include <string>
#include <vector>

#include "scenarios/steps.h"

namespace scenarios::tools {

// The full path of a program; the cell is skipped, by the program's name, where it is not there.
std::string Program(Stage& stage, const std::string& name, const std::string& package);

// Runs a program to its end, as a fault of that text. What it says on stderr where it fails ends
// the cell as `error`.
void RunAsFault(Stage& stage, const std::string& text, const std::vector<std::string>& words);

// A copy of the database as the sqlite3 shell's .backup makes it while others use it.
void BackUp(Stage& stage, const std::string& to);

}  // namespace scenarios::tools

#endif  // SCENARIOS_TOOLS_RUN_H_
