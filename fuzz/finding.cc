#include "fuzz/finding.h"

#include <cstdio>
#include <cstdlib>

namespace honker::fuzz {
namespace {

const std::string* trying = nullptr;

}  // namespace

void NowTrying(const std::string* what) { trying = what; }

void Finding(const std::string& oracle, const std::string& what_happened) {
  std::fprintf(stderr, "fuzz: %s: %s\n  in: %s\n", oracle.c_str(), what_happened.c_str(),
               trying == nullptr ? "(nothing yet)" : trying->c_str());
  std::abort();
}

void Require(bool condition, const std::string& what) {
  if (!condition) Finding("the target itself", what);
}

}  // namespace honker::fuzz
