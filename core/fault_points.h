// Planted bugs, and nothing else: `if (HONKER_MUTANT("miss_wake")) ...` is code that is wrong on
// purpose. Each is a bug that really happened somewhere. They exist in libhonker_ext_mutant.so
// only, against which the harness proves that its oracles notice; in the real library the condition
// is the constant false and the name is not even in the file (a test looks).
//
// One process runs with at most one of them, named by the environment variable HONKER_MUTANT.
#ifndef CORE_FAULT_POINTS_H_
#define CORE_FAULT_POINTS_H_

#ifdef HONKER_MUTANTS

#include <fiu-local.h>

#include <string>

#define HONKER_MUTANT(name) (fiu_fail("mutant/" name) != 0)

namespace honker {

// Turns on what HONKER_MUTANT names, once a process. Empty on success and where the variable is not
// set, else a sentence: loading the library then fails.
std::string EnableMutant();

}  // namespace honker

#else

#define HONKER_MUTANT(name) false

#endif  // HONKER_MUTANTS

#endif  // CORE_FAULT_POINTS_H_
