#include "harness/matrix/card.h"

#include <algorithm>

namespace harness {

Status ValidateCard(const Card& card) {
  const auto missing = [&](const char* field) -> Status {
    return Error{"scenario card \"" + std::string(card.name) + "\" leaves out " + field};
  };
  if (card.name.find('/') == std::string_view::npos) return missing("name (group/what)");
  if (card.claims.empty()) return missing("claims");
  if (card.situation.empty()) return missing("situation");
  if (card.expectation.empty()) return missing("expectation");
  if (card.axes.empty()) return missing("axes");
  for (const Axis& axis : card.axes) {
    if (axis.All().empty()) return missing(("values of axis " + axis.name).c_str());
  }
  if (card.roles.empty()) return missing("roles");
  if (card.faults.empty()) return missing("faults ({\"none\"} where there are none)");
  if (card.oracles.empty()) return missing("oracles");
  if (card.evidence.empty()) return missing("evidence");
  if (card.limits.empty()) return missing("limits");
  if (card.run == nullptr) return missing("run");
  for (const CardOracle& oracle : card.oracles) {
    bool cited = false;
    for (std::string_view claim : card.claims) cited |= claim == oracle.claim;
    if (!cited)
      return missing(("the claim of its oracle in claims: " + std::string(oracle.claim)).c_str());
  }
  return Ok();
}

std::vector<std::string> Axis::All() const {
  std::vector<std::string> all = values;
  all.insert(all.end(), full.begin(), full.end());
  return all;
}

bool IsDocumentedBackend(std::string_view name) {
  return name == "polling" || name == "kernel" || name == "shm";
}

Axis Backends(std::vector<std::string> values) { return {"backend", std::move(values)}; }

Axis Journals(std::vector<std::string> values, std::vector<std::string> full) {
  return {.name = "journal", .values = std::move(values), .full = std::move(full)};
}

Axis SyncLevels(std::vector<std::string> values) {
  const bool has_normal = std::ranges::find(values, "normal") != values.end();
  return {"sync", std::move(values),
          has_normal ? std::vector<std::string>{"normal"} : std::vector<std::string>{}};
}

}  // namespace harness
