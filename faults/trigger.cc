#include "faults/trigger.h"

#include <fnmatch.h>

#include <charconv>
#include <utility>

namespace faults {
namespace {

bool Fits(const std::string& glob, std::string_view text) {
  return glob.empty() || fnmatch(glob.c_str(), std::string(text).c_str(), 0) == 0;
}

// FNV-1a, and the finaliser of splitmix64 so that neighbouring numbers land far apart.
class Hash {
 public:
  void Add(std::string_view bytes) {
    for (const char c : bytes) Byte(static_cast<unsigned char>(c));
    Byte(0);  // "ab","c" is not "a","bc"
  }
  void Add(uint64_t number) {
    for (int i = 0; i < 8; ++i) Byte(static_cast<unsigned char>(number >> (8 * i)));
  }
  [[nodiscard]] uint64_t Value() const {
    uint64_t h = state_;
    h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9U;
    h = (h ^ (h >> 27)) * 0x94d049bb133111ebU;
    return h ^ (h >> 31);
  }

 private:
  void Byte(unsigned char byte) { state_ = (state_ ^ byte) * 0x100000001b3U; }
  uint64_t state_ = 0xcbf29ce484222325U;
};

double Number(const std::string& text, double fallback) {
  double number = fallback;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

double Roll(const Dice& dice, std::string_view site, int64_t occurrence) {
  Hash hash;
  hash.Add(dice.seed);
  hash.Add(dice.process);
  hash.Add(site);
  hash.Add(static_cast<uint64_t>(occurrence));
  return static_cast<double>(hash.Value() >> 11) * 0x1.0p-53;
}

Trigger::Trigger(const Fault& fault, Dice dice)
    : at_(fault.Get("at")),
      path_(fault.Get("path")),
      detail_(fault.Get("detail")),
      nth_(fault.GetInt("nth", 1)),
      always_(fault.lasting == Lasting::kAlways),
      p_(Number(fault.Get("p"), 1)),
      dice_(std::move(dice)) {}

bool Trigger::Concerns(std::string_view site, std::string_view path) const {
  return Fits(at_, site) && Fits(path_, path);
}

int64_t Trigger::Count(std::string_view site, std::string_view detail) {
  if (!Fits(detail_, detail)) return 0;
  ++matches_;
  auto of_site = of_site_.try_emplace(std::string(site), 0).first;
  ++of_site->second;
  if (spent_ || matches_ < nth_) return 0;
  if (p_ < 1 && Roll(dice_, site, of_site->second) >= p_) return 0;
  // Without p, a match after the nth of a `once` cannot come here: the nth has spent it.
  spent_ = !always_;
  return matches_;
}

}  // namespace faults
