#include "harness/oracle/oracle.h"

#include <algorithm>
#include <cmath>

namespace harness {

std::string_view ToString(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPass:
      return "pass";
    case Outcome::kUnknown:
      return "unknown";
    case Outcome::kFail:
      return "fail";
  }
  return "?";
}

void AddPercentiles(Value& figures, const std::string& name, std::vector<int64_t> samples_ns) {
  if (samples_ns.empty()) return;
  std::sort(samples_ns.begin(), samples_ns.end());
  const auto at = [&](double quantile) {
    // Nearest-rank: the smallest sample that at least `quantile` of all samples do not exceed.
    const size_t rank =
        static_cast<size_t>(std::ceil(quantile * static_cast<double>(samples_ns.size())));
    return static_cast<double>(samples_ns[std::max<size_t>(rank, 1) - 1]) / 1000.0;
  };
  figures.Set(name + "_n", samples_ns.size());
  figures.Set(name + "_p50_us", at(0.50));
  figures.Set(name + "_p99_us", at(0.99));
  figures.Set(name + "_max_us", at(1.0));
}

}  // namespace harness
