#include "core/api/claim_name.h"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>

namespace honker::api {

std::string UniqueName(std::string_view readable) {
  std::array<uint8_t, 16> bits{};
  // 16 bytes come at once or not at all, and only a signal during start-up of the machine makes it
  // fail (getrandom(2)). A name that is not unique would break the fence: there is no way on.
  while (getrandom(bits.data(), bits.size(), 0) != static_cast<ssize_t>(bits.size())) {
    if (errno != EINTR) std::abort();
  }
  constexpr char kHex[] = "0123456789abcdef";
  std::string name(readable);
  name += '-';
  for (const uint8_t byte : bits) {
    name += kHex[byte >> 4];
    name += kHex[byte & 15];
  }
  return name;
}

}  // namespace honker::api
