// What is to happen at which intercepted call: faults in text form, checked once, then asked at
// each call. Independent of how calls are intercepted.
//
// Which call is struck is trigger.h's (at, path, nth, p, once, always), with these additions:
//   at     required, but for the event kinds: libc.inotify.read. A site that does not begin with
//          "libc." is a libfiu point of the program itself.
//   path   of a file event: of what changed
// Where the text says neither once nor always, event kinds without nth and whatever has p are for
// always, the rest once.
//
// The target is a glob over the name of the process, so a text may be given to many; where the
// process has no name (FAULT_PROCESS) every fault is for it.
#ifndef HONKER_FAULTS_LIBC_PLAN_H_
#define HONKER_FAULTS_LIBC_PLAN_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "faults/fault.h"
#include "faults/libc/sites.h"
#include "faults/result.h"
#include "faults/trigger.h"

namespace faults::libc {

// What a fault does to a call, by its kind.
enum class Act {
  kFail,      // io_error, deny_lock
  kShorten,   // short_io
  kDelay,     // delay
  kProcess,   // kill, stop, pause, exit, fork
  kDrop,      // and the other event kinds
  kHold,      //   delay_events
  kDouble,    //
  kCoalesce,  //
  kReorder,   //
  kOverflow,  //
};
[[nodiscard]] inline bool IsEventAct(Act act) { return act >= Act::kDrop; }

// Whether a fault of that kind does anything at `at`, a site or a glob of sites, or a libfiu point.
[[nodiscard]] bool CanAct(std::string_view kind, const std::string& at);

struct Firing {
  std::shared_ptr<const Fault> fault;  // may outlive the plan
  Act act;
  std::string site;
  int64_t occurrence;  // which match of this fault it is
};

class Plan {
 public:
  // Only faults whose target matches the process are kept; all are checked. An error names the
  // fault, what is wrong and the nearest right word.
  [[nodiscard]] static Result<Plan> Make(const std::vector<Fault>& faults, const Dice& dice);

  // What fires at a call of `site` on `path`, in the order of the text; counts it. `events`: the
  // event kinds (one call for each event), else all others. Not thread-safe.
  [[nodiscard]] std::vector<Firing> At(const char* site, const std::string& path, bool events);

  // The faults of this process.
  [[nodiscard]] std::vector<std::shared_ptr<const Fault>> faults() const;
  [[nodiscard]] bool empty() const { return rules_.empty(); }
  // Whether a call of that name, on any file, may be one that a fault is about.
  [[nodiscard]] bool MayConcern(Call call) const;
  // Sites of rules that are not this library's own: points of libfiu in the program.
  [[nodiscard]] std::vector<std::string> ForeignSites() const;

 private:
  struct Rule {
    std::shared_ptr<const Fault> fault;
    Act act;
    std::string at;
    Trigger trigger;
  };
  static Result<Rule> MakeRule(const Fault& fault, const Dice& dice);

  std::vector<Rule> rules_;
};

}  // namespace faults::libc

#endif  // HONKER_FAULTS_LIBC_PLAN_H_
