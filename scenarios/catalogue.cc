#include "scenarios/catalogue.h"

#include "scenarios/index.h"

namespace scenarios {

const harness::Catalogue& TheCatalogue() {
  using harness::CellVerdict;
  using enum harness::ClaimKind;
  using enum harness::When;
  static const harness::Catalogue catalogue{
      .cards =
          {
#define SCENARIO(group, name) &group::name,
#include "scenarios/index.def"
#undef SCENARIO
          },
      .claims =
          {
#define CLAIM(id, kind, backends, journals, text) {id, kind, backends, journals, text},
#include "scenarios/claims.def"
#undef CLAIM
          },
      .divergences =
          {
#define DIVERGENCE(place, claim, verdict, when, truth, reason) \
  {place, claim, CellVerdict::verdict, when, truth, reason},
#define LISTED_ERROR(place, claim, name, truth, reason) \
  {place, claim, CellVerdict::kError, harness::When::kSometimes, truth, reason, false, name},
#include "scenarios/divergences.def"
#undef DIVERGENCE
#undef LISTED_ERROR
          },
  };
  return catalogue;
}

}  // namespace scenarios
