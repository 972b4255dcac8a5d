#include "faults/trigger.h"

#include <fnmatch.h>

#include <charconv>
#include <utility>

#include "faults/chance.h"

namespace faults {
namespace {

bool Fits(const std::string& glob, std::string_view text) {
  return glob.empty() || fnmatch(glob.c_str(), std::string(text).c_str(), 0) == 0;
}

double Number(const std::string& text, double fallback) {
  double number = fallback;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

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
  if (p_ < 1 && Chance(dice_.seed, dice_.process, site, of_site->second) >= p_) return 0;
  // Without p, a match after the nth of a `once` cannot come here: the nth has spent it.
  spent_ = !always_;
  return matches_;
}

}  // namespace faults
