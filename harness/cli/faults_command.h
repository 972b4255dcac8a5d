// `faults`: which faults there are, where they can happen, who carries them out, and what the
// program that they happen to may see.
#ifndef HARNESS_CLI_FAULTS_COMMAND_H_
#define HARNESS_CLI_FAULTS_COMMAND_H_

#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/base/value.h"
#include "harness/cli/options.h"

namespace harness {

// The catalogue of faults/ and of the points inside programs (sites_layer.h), or the part of it
// that the words select: each a kind, a layer, or a glob of sites. `subject_sites` as
// SubjectInfo::sites.
// {"kinds":[{"kind","what","keys","lasting","layers"}...],
// "layers":[{"layer","by","kinds","sites":[{"site", "allowed":{kind: results}}...]}...]}. An Error
// for a word that selects nothing.
[[nodiscard]] Result<Value> FaultCatalogue(const std::vector<std::string>& words,
                                           const Value& subject_sites = {});

// The same as text.
[[nodiscard]] std::string FaultCatalogueText(const Value& catalogue);

// Prints it; an exit code. The points are those of the subjects that `options` names, or else of
// libhonker_ext_mutant.so beside the harness, where it is there.
int FaultsCommand(const Options& options);

}  // namespace harness

#endif  // HARNESS_CLI_FAULTS_COMMAND_H_
