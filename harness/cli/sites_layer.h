// The catalogue's layer of points inside programs: those of honker-actor, and those that a subject
// says it has (docs/protocol.md, section 5). faults/ knows no program, so they are added here.
#ifndef HARNESS_CLI_SITES_LAYER_H_
#define HARNESS_CLI_SITES_LAYER_H_

#include "faults/catalogue.h"
#include "harness/base/value.h"

namespace harness {

// `subject_sites` as SubjectInfo::sites; null where no subject says any.
[[nodiscard]] faults::Layer SitesLayer(const Value& subject_sites);

}  // namespace harness

#endif  // HARNESS_CLI_SITES_LAYER_H_
