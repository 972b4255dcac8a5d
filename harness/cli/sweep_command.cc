#include "harness/cli/sweep_command.h"

#include <algorithm>

#include "faults/fault.h"
#include "faults/vfs/interceptor.h"

namespace harness {
namespace {

bool Sweeps(const Card& card) {
  return std::ranges::any_of(card.axes, [](const Axis& axis) { return axis.name == "nth"; });
}

// The fault, whole, for the parser to check.
Result<faults::Fault> FaultOf(const std::vector<std::string>& words) {
  if (words.empty())
    return Error{"sweep takes a fault: honker-harness sweep io_error at=vfs.* once"};
  std::string text = words[0] + " victim:1";
  if (std::ranges::none_of(words, [](const auto& w) { return w.starts_with("at="); }))
    text += " at=vfs.*";
  for (size_t i = 1; i < words.size(); ++i) text += " " + words[i];
  if (words.back() != "once" && words.back() != "always") text += " once";
  const auto fault = faults::ParseFault(text);
  if (!fault.ok()) return Error{"'" + text + "': " + fault.Message()};
  const auto checked = faults::vfs::Interceptor().Check({fault.value()});
  if (!checked.ok()) return Error{checked.Message()};
  return fault.value();
}

}  // namespace

Result<Options> SweepAsRun(const Options& options, const Catalogue& catalogue) {
  Options run = options;
  run.command = "run";
  const Result<faults::Fault> fault = FaultOf(options.arguments);
  if (!fault.ok()) return Error{fault.error()};
  auto& axes = run.selection.axes;
  axes["fault"] = {fault.value().kind};
  axes["lasting"] = {"once", "always"};
  if (const std::string& last = options.arguments.back(); last == "once" || last == "always")
    axes["lasting"] = {last};
  axes["nth"] = {"all"};
  axes["error"] = {"default"};
  for (const auto& [key, value] : fault.value().params) {
    if (key != "at" && key != "nth" && key != "error")
      return Error{"a sweep takes at, nth and error, not '" + key + "'"};
    axes[key] = {value};
  }
  run.selection.filters.clear();
  for (const Card* card : catalogue.cards) {
    if (Sweeps(*card)) run.selection.filters.emplace_back(card->name);
  }
  return run;
}

}  // namespace harness
