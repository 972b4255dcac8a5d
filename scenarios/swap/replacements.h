// The ways in which scenarios replace a database file, by the name on the axis `by`.
#ifndef SCENARIOS_SWAP_REPLACEMENTS_H_
#define SCENARIOS_SWAP_REPLACEMENTS_H_

#include <string>

#include "harness/matrix/card.h"
#include "scenarios/steps.h"

namespace scenarios::swap {

// rename_over, unlink_recreate, litestream_restore; and, but for the quick form, backup_swap and
// hard_link.
harness::Axis Ways();
// What becomes of -wal, -shm and -journal: remove, stale.
harness::Axis Sidecars();

// Makes a new database, with marks that no writer of the cell uses, and puts it in the place of
// Db() by `way`, with the sidecars dealt with as `sidecars` says. Ends the cell as `error` where it
// could not.
void Replace(Stage& stage, const std::string& way, const std::string& sidecars);

}  // namespace scenarios::swap

#endif  // SCENARIOS_SWAP_REPLACEMENTS_H_
