// All scenarios, claims and divergences, as the engine takes them.
#ifndef SCENARIOS_CATALOGUE_H_
#define SCENARIOS_CATALOGUE_H_

#include "harness/run/cell_runner.h"

namespace scenarios {

const harness::Catalogue& TheCatalogue();

}  // namespace scenarios

#endif  // SCENARIOS_CATALOGUE_H_
