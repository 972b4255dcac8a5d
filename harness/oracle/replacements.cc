#include "harness/oracle/replacements.h"

#include <algorithm>

namespace harness {
namespace {

Identity Parse(const Value& v) {
  const int64_t ino = v["ino"].Int(-1);
  return ino > 0 ? Identity{.dev = v["dev"].Int(-1), .ino = ino} : Identity();
}

}  // namespace

std::string Identity::Text() const {
  if (*this == Identity()) return "no file";
  return "(dev=" + std::to_string(dev) + ", ino=" + std::to_string(ino) + ")";
}

bool TargetsFiles(const Call& fault) {
  // "<kind> <target> ...": the targets that are processes have a role and a number.
  const std::string& text = fault.invoke->value["fault"].Text();
  const size_t begin = std::min(text.find(' '), text.size());
  const size_t end = std::min(text.find(' ', begin + 1), text.size());
  const size_t colon = text.find(':', begin);
  return colon == std::string::npos || colon >= end;
}

std::vector<Replacement> Replacements(const History& history) {
  std::vector<Replacement> found;
  for (const Call& call : history.Calls("fault")) {
    if (!call.ok() || !TargetsFiles(call) || !call.end->value["before"].is_object()) continue;
    found.push_back({call, Parse(call.end->value["before"]), Parse(call.end->value["after"])});
  }
  return found;
}

}  // namespace harness
