// How a target says that it has found something: a sentence on stderr, then abort(), which
// libFuzzer, a sanitizer, ctest and a shell all understand.
#ifndef FUZZ_FINDING_H_
#define FUZZ_FINDING_H_

#include <string>

namespace honker::fuzz {

// What is being tried, for the sentence. Kept by reference until the next call.
void NowTrying(const std::string* what);

// "fuzz: <oracle>: <what happened>" and what was being tried. Does not return.
[[noreturn]] void Finding(const std::string& oracle, const std::string& what_happened);

// For the target's own set-up, which has to work: a mistake here is no finding.
void Require(bool condition, const std::string& what);

}  // namespace honker::fuzz

#endif  // FUZZ_FINDING_H_
