#include "harness/oracle/replacements.h"

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

std::vector<Replacement> Replacements(const History& history) {
  std::vector<Replacement> found;
  for (const Call& call : history.Calls("fault")) {
    if (!call.ok() || !call.end->value["before"].is_object()) continue;
    found.push_back({call, Parse(call.end->value["before"]), Parse(call.end->value["after"])});
  }
  return found;
}

}  // namespace harness
