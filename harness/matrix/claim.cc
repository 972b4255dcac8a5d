#include "harness/matrix/claim.h"

#include <algorithm>
#include <sstream>

#include "harness/oracle/verdicts.h"

namespace harness {
namespace {

bool Lists(std::string_view names, const std::string& name) {
  if (names == "all" || name.empty()) return true;
  std::istringstream in{std::string(names)};
  for (std::string word; in >> word;) {
    if (word == name) return true;
  }
  return false;
}

}  // namespace

bool RefusalIsDocumented(const std::string& backend, const std::string& journal) {
  return backend == "shm" && !journal.empty() && journal != "wal";
}

bool IsDocumentedRefusal(const std::string& backend, const std::string& journal,
                         std::string_view text) {
  return RefusalIsDocumented(backend, journal) && ContainsInAnyCase(text, "WAL");
}

Promise PromiseFor(const Claim& claim, const Cell& cell) {
  const std::string& journal = cell.Get("journal");
  if (claim.id != kRefusalClaim && RefusalIsDocumented(cell.Get("backend"), journal)) {
    return Promise::kRefusal;
  }
  const bool here = Lists(claim.backends, cell.Get("backend")) && Lists(claim.journals, journal);
  return here ? Promise::kMade : Promise::kNotDocumented;
}

const Claim* FindClaim(const std::vector<Claim>& claims, std::string_view id) {
  const auto it = std::ranges::find(claims, id, &Claim::id);
  return it == claims.end() ? nullptr : &*it;
}

}  // namespace harness
