// The declarations of all cards, so that each file's definition is the one that the catalogue
// lists.
#ifndef SCENARIOS_INDEX_H_
#define SCENARIOS_INDEX_H_

#include "harness/matrix/card.h"

namespace scenarios {

#define SCENARIO(group, name)      \
  namespace group {                \
  extern const harness::Card name; \
  }
#include "scenarios/index.def"
#undef SCENARIO

}  // namespace scenarios

#endif  // SCENARIOS_INDEX_H_
