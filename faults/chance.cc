#include "faults/chance.h"

namespace faults {
namespace {

// FNV-1a over the bytes, 64 bits.
uint64_t Mix(uint64_t hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return (hash ^ 0xff) * 0x100000001b3;  // ends the text: ("a", "bc") is not ("ab", "c")
}

uint64_t Mix(uint64_t hash, uint64_t number) {
  for (int i = 0; i < 8; ++i) hash = (hash ^ ((number >> (8 * i)) & 0xff)) * 0x100000001b3;
  return hash;
}

// The finaliser of SplitMix64: FNV alone hardly moves the high bits for a small change at the end.
uint64_t Scatter(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

}  // namespace

double Chance(uint64_t seed, std::string_view process, std::string_view place, int64_t occurrence) {
  uint64_t hash = Mix(0xcbf29ce484222325, seed);
  hash = Mix(Mix(Mix(hash, process), place), static_cast<uint64_t>(occurrence));
  return static_cast<double>(Scatter(hash) >> 11) * 0x1p-53;
}

}  // namespace faults
