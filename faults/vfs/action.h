// What an armed fault does at the call that it strikes: one class a kind, made from the text form.
//
// An action is asked twice: where it can happen at all (a glob such as vfs.* names calls that
// cannot fail, and those are neither struck nor counted), and then to do it. It records in the
// ledger before it takes effect, and does nothing where that fails. Thread-safe: several threads
// may be struck at once, and none holds a lock of the interceptor.

#ifndef HONKER_FAULTS_VFS_ACTION_H_
#define HONKER_FAULTS_VFS_ACTION_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "faults/fault.h"
#include "faults/result.h"
#include "faults/vfs/sites.h"

namespace faults::vfs {

enum class When { kBefore, kAfter };

// The struck call.
struct Occasion {
  Site site;
  When when;
  std::string path;    // of the file concerned; empty for an anonymous one
  std::string detail;  // see interceptor.h
  int64_t bytes;       // asked for by a read or a write; 0 elsewhere
  int64_t occurrence;  // of what the fault matches, since it was armed; from 1
};

// What becomes of the call.
struct Effect {
  enum class What {
    kForward,  // nothing
    kFail,     // before: it is not made. After: it was made. `code` is its result
    kShorten,  // only `bytes` are transferred; `code` is its result
  };
  What what = What::kForward;
  int code = 0;       // SQLite's, extended
  int error = 0;      // errno to leave behind; 0: none
  int64_t bytes = 0;  // of kShorten
};

// Appends an event of this fault to the ledger ("fired", "held", "released", "passed") with its
// detail. False where it could not: then the fault must not take effect.
using Recorder = std::function<bool(const char* event, const std::string& detail)>;

class Action {
 public:
  virtual ~Action() = default;
  [[nodiscard]] virtual bool CanHappen(Call call, When when) const = 0;
  [[nodiscard]] virtual Effect Do(const Occasion& occasion, const Recorder& record) const = 0;
};

// The kinds that the VFS carries out.
[[nodiscard]] std::vector<std::string_view> VfsKinds();

// Whether the fault is not about a call: it is carried out at once, where it is armed. So are moves
// of the clock without `at`.
[[nodiscard]] bool IsImmediate(const Fault& fault);

// The action of a fault; an Error names what is wrong with it.
[[nodiscard]] Result<std::shared_ptr<const Action>> MakeAction(const Fault& fault);

// Each kind's own, called by MakeAction.
[[nodiscard]] Result<std::shared_ptr<const Action>> MakeGate(const Fault& fault);
[[nodiscard]] Result<std::shared_ptr<const Action>> MakeIoError(const Fault& fault);
[[nodiscard]] Result<std::shared_ptr<const Action>> MakeShortIo(const Fault& fault);
[[nodiscard]] Result<std::shared_ptr<const Action>> MakeDelay(const Fault& fault);
[[nodiscard]] Result<std::shared_ptr<const Action>> MakeDenyLock(const Fault& fault);
[[nodiscard]] Result<std::shared_ptr<const Action>> MakeClockMove(const Fault& fault);
[[nodiscard]] Result<std::shared_ptr<const Action>> MakeHurry(const Fault& fault);

// "... in '<text of the fault>'", as an Error.
[[nodiscard]] Error Refused(const Fault& fault, const std::string& sentence);

}  // namespace faults::vfs

#endif  // HONKER_FAULTS_VFS_ACTION_H_
