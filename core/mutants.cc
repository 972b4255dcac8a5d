// Chooses the planted bug of this process (see fault_points.h). Empty in the real library.
#include "core/fault_points.h"

#ifdef HONKER_MUTANTS

#include <fiu-control.h>

#include <cstdlib>
#include <string_view>

#include "core/base/stderr_line.h"

namespace honker {
namespace {

constexpr std::string_view kNames[] = {
#define PLANTED_BUG(name, what) #name,
#include "core/mutants.def"
#undef PLANTED_BUG
};

std::string Enable() {
  const char* chosen = std::getenv("HONKER_MUTANT");
  if (chosen == nullptr || *chosen == '\0') return "";
  std::string valid;
  for (const std::string_view name : kNames) {
    if (name == chosen) {
      const std::string point = "mutant/" + std::string(name);
      if (fiu_init(0) < 0 || fiu_enable(point.c_str(), 1, nullptr, 0) < 0) {
        return "honker: libfiu cannot enable " + point;
      }
      return "";
    }
    valid += (valid.empty() ? "" : ", ") + std::string(name);
  }
  return std::string("honker: HONKER_MUTANT names no planted bug: \"") + chosen +
         "\" (valid: " + valid + ")";
}

}  // namespace

std::string EnableMutant() {
  static const std::string problem = [] {
    std::string text = Enable();
    if (!text.empty()) WriteStderrLine(text);
    return text;
  }();
  return problem;
}

}  // namespace honker

#endif  // HONKER_MUTANTS
