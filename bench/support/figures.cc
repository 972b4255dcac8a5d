#include "bench/support/figures.h"

#include <algorithm>
#include <cmath>

namespace bench {

double PercentileUs(std::vector<int64_t>& values_ns, double share) {
  if (values_ns.empty()) return NAN;
  std::sort(values_ns.begin(), values_ns.end());
  const auto rank = static_cast<size_t>(std::ceil(share * static_cast<double>(values_ns.size())));
  return static_cast<double>(values_ns[std::max<size_t>(rank, 1) - 1]) / 1e3;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace bench
