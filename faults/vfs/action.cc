#include "faults/vfs/action.h"

#include <array>
#include <cerrno>
#include <string_view>

namespace faults::vfs {
namespace {

struct Maker {
  std::string_view kind;
  Result<std::shared_ptr<const Action>> (*make)(const Fault&);
  bool needs_site = true;
};
constexpr std::array<Maker, 9> kMakers = {{{"gate", MakeGate},
                                           {"io_error", MakeIoError},
                                           {"short_io", MakeShortIo},
                                           {"delay", MakeDelay},
                                           {"deny_lock", MakeDenyLock},
                                           {"clock_step", MakeClockMove, false},
                                           {"clock_freeze", MakeClockMove, false},
                                           {"clock_resume", MakeClockMove, false},
                                           {"hurry", MakeHurry, false}}};

// Nothing, or what is wrong with `at`.
Status CheckSite(const Maker& maker, const Fault& fault) {
  const std::string at = fault.Get("at");
  if (at.empty() && !maker.needs_site) {
    for (const char* key : {"nth", "p", "when", "path", "detail"}) {
      if (fault.Has(key)) {
        return Refused(fault, "'" + std::string(key) + "' is about a call, and there is no 'at'");
      }
    }
    return {};
  }
  if (at.empty()) return Refused(fault, "the key 'at' is missing");
  if (!MatchesSomeSite(at)) {
    return Refused(fault, "there is no site '" + at + "' (nearest: '" + NearestSite(at) + "')");
  }
  return {};
}

}  // namespace

Error Refused(const Fault& fault, const std::string& sentence) {
  return Error{"fault", "", EINVAL, sentence + " in '" + fault.Text() + "'"};
}

std::vector<std::string_view> VfsKinds() {
  std::vector<std::string_view> kinds;
  for (const Maker& maker : kMakers) kinds.push_back(maker.kind);
  return kinds;
}

bool IsImmediate(const Fault& fault) { return fault.Get("at").empty(); }

Result<std::shared_ptr<const Action>> MakeAction(const Fault& fault) {
  for (const Maker& maker : kMakers) {
    if (maker.kind != fault.kind) continue;
    if (Status site = CheckSite(maker, fault); !site.ok()) return site.error();
    return maker.make(fault);
  }
  std::string kinds;
  for (const auto kind : VfsKinds()) kinds += (kinds.empty() ? "" : ", ") + std::string(kind);
  return Refused(fault, "the VFS does not carry out '" + fault.kind + "', only " + kinds + ":");
}

}  // namespace faults::vfs
