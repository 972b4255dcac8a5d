// Which cells run, and the words that name one: in reports and as a command.
#ifndef HARNESS_CLI_CELL_CHOICE_H_
#define HARNESS_CLI_CELL_CHOICE_H_

#include <string>
#include <vector>

#include "harness/cli/options.h"
#include "harness/run/matrix_runner.h"

namespace harness {

// The cells of all contenders, in turns, so that what the machine does meets them alike. Empty
// where no scenario has all of the axis values; an error names a word that is wrong and the nearest
// right one.
Result<std::vector<Cell>> SelectForAll(const Catalogue& catalogue, Selection selection,
                                       const std::vector<Contender>& contenders);

// A cell from the name that reports print: "wake/x backend=kernel journal=wal sqlite=3.40.1
// seed=71". An error names the word that is wrong and the nearest right one.
Result<Cell> CellByName(const Catalogue& catalogue, const std::string& name);

// That one cell, for the contenders at hand: an error where it ran on another SQLite, or is about a
// subject that is not among them.
Result<std::vector<Cell>> CellToReplay(const Catalogue& catalogue, const std::string& name,
                                       const std::vector<Contender>& contenders);

// The command that runs the cell again: subject, SQLite, every axis, seed and folder spelt out.
std::string RerunCommand(const std::string& program, const Environment& environment,
                         const Options& options, const Cell& cell);

}  // namespace harness

#endif  // HARNESS_CLI_CELL_CHOICE_H_
