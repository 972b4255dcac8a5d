// What single measurements are summed up as.
#ifndef BENCH_SUPPORT_FIGURES_H_
#define BENCH_SUPPORT_FIGURES_H_

#include <cstdint>
#include <vector>

namespace bench {

// The smallest value that at least `share` of all are not above, in microseconds; NAN where there
// is none. Sorts.
double PercentileUs(std::vector<int64_t>& values_ns, double share);

// `values` must not be empty.
double Median(std::vector<double> values);

}  // namespace bench

#endif  // BENCH_SUPPORT_FIGURES_H_
