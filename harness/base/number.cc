#include "harness/base/number.h"

#include <charconv>

namespace harness {

bool ReadNumber(std::string_view text, uint64_t& out) {
  int64_t number = 0;  // signed, for its range; a sign is not among the digits
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return false;
  out = static_cast<uint64_t>(number);
  return true;
}

}  // namespace harness
