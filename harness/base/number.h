// Numbers as people type them.
#ifndef HARNESS_BASE_NUMBER_H_
#define HARNESS_BASE_NUMBER_H_

#include <cstdint>
#include <string_view>

namespace harness {

// Decimal digits and nothing else, below 2^63 (what a Value holds). False leaves `out` alone.
bool ReadNumber(std::string_view text, uint64_t& out);

}  // namespace harness

#endif  // HARNESS_BASE_NUMBER_H_
