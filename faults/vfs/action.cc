#include "faults/vfs/action.h"

#include <array>
#include <cerrno>
#include <string_view>

namespace faults::vfs {
namespace {

struct Maker {
  std::string_view kind;
  Result<std::shared_ptr<const Action>> (*make)(const Fault&);
};
constexpr std::array<Maker, 5> kMakers = {{{"gate", MakeGate},
                                           {"io_error", MakeIoError},
                                           {"short_io", MakeShortIo},
                                           {"delay", MakeDelay},
                                           {"deny_lock", MakeDenyLock}}};

}  // namespace

Error Refused(const Fault& fault, const std::string& sentence) {
  return Error{"fault", "", EINVAL, sentence + " in '" + fault.Text() + "'"};
}

Result<std::shared_ptr<const Action>> MakeAction(const Fault& fault) {
  for (const Maker& maker : kMakers) {
    if (maker.kind != fault.kind) continue;
    const std::string at = fault.Get("at");
    if (at.empty()) return Refused(fault, "the key 'at' is missing");
    if (!MatchesSomeSite(at)) {
      return Refused(fault, "there is no site '" + at + "' (nearest: '" + NearestSite(at) + "')");
    }
    return maker.make(fault);
  }
  std::string kinds;
  for (const Maker& maker : kMakers) kinds += (kinds.empty() ? "" : ", ") + std::string(maker.kind);
  return Refused(fault, "the VFS does not carry out '" + fault.kind + "', only " + kinds + ":");
}

}  // namespace faults::vfs
