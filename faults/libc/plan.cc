#include "faults/libc/plan.h"

#include <fnmatch.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

#include "faults/libc/sites.h"

namespace faults::libc {
namespace {

constexpr const char* kEventSite = "libc.inotify.read";

std::optional<Act> ActOf(std::string_view kind) {
  constexpr std::pair<std::string_view, Act> kActs[] = {{"io_error", Act::kFail},
                                                        {"deny_lock", Act::kFail},
                                                        {"short_io", Act::kShorten},
                                                        {"delay", Act::kDelay},
                                                        {"kill", Act::kProcess},
                                                        {"stop", Act::kProcess},
                                                        {"pause", Act::kProcess},
                                                        {"exit", Act::kProcess},
                                                        {"fork", Act::kProcess},
                                                        {"drop_events", Act::kDrop},
                                                        {"delay_events", Act::kHold},
                                                        {"double_events", Act::kDouble},
                                                        {"coalesce_events", Act::kCoalesce},
                                                        {"reorder_events", Act::kReorder},
                                                        {"overflow_events", Act::kOverflow}};
  for (const auto& [name, act] : kActs) {
    if (name == kind) return act;
  }
  return std::nullopt;
}

bool Globs(const std::string& glob, const std::string& text) {
  return fnmatch(glob.c_str(), text.c_str(), 0) == 0;
}

bool IsForeign(const std::string& at) { return at.compare(0, 5, "libc.") != 0; }

}  // namespace

bool CanAct(std::string_view kind, const std::string& at) {
  const auto known = ActOf(kind);
  if (!known.has_value()) return false;
  const Act act = *known;
  if (IsForeign(at)) return act == Act::kFail || act == Act::kDelay || act == Act::kProcess;
  const auto matches = [&](const std::vector<Call>& calls) {
    return std::any_of(calls.begin(), calls.end(), [&](Call call) {
      for (size_t file = 0; file < kFiles; ++file) {
        if (Globs(at, SiteName(call, static_cast<File>(file)))) return true;
      }
      return false;
    });
  };
  if (IsEventAct(act)) return Globs(at, kEventSite);
  if (kind == "deny_lock") return matches({Call::kLock});
  if (act == Act::kShorten)
    return matches({Call::kRead, Call::kPread, Call::kWrite, Call::kPwrite});
  return true;
}

Result<Plan::Rule> Plan::MakeRule(const Fault& fault, const Dice& dice) {
  const auto refuse = [&](const std::string& sentence) {
    return Error{"libc fault", "", EINVAL, sentence + " in '" + fault.Text() + "'"};
  };
  const auto act = ActOf(fault.kind);
  if (!act.has_value())
    return refuse("the preload library does not carry out '" + fault.kind + "'");
  const std::string at = fault.Get("at", IsEventAct(*act) ? kEventSite : "");
  if (at.empty()) return refuse("the key 'at' is missing (for example at=libc.fsync.wal)");
  if (at.compare(0, 4, "vfs.") == 0) return refuse("a vfs site belongs to libfault_vfs.so");
  if (!IsForeign(at) && !MatchesSomeSite(at)) {
    return refuse("there is no site '" + at + "' (nearest: '" + NearestSite(at) + "')");
  }
  if (!CanAct(fault.kind, at)) {
    return refuse("'" + fault.kind + "' means nothing at '" + at + "'");
  }
  if (fault.Has("detail")) return refuse("a call of the C library has no 'detail'");
  if (fault.kind == "short_io" && fault.Has("error")) {
    return refuse("a short transfer has no 'error': the next call may have one");
  }
  if ((fault.kind == "delay" || fault.kind == "pause" || fault.kind == "delay_events") &&
      !fault.Has("for_ms")) {
    return refuse("the key 'for_ms' is missing");
  }
  Fault meant = fault;  // with everything that it leaves unsaid
  if (!fault.Has("at")) meant.params.emplace_back("at", at);
  if (fault.lasting == Lasting::kUnsaid) {
    const bool once = !fault.Has("p") && (fault.Has("nth") || !IsEventAct(*act));
    meant.lasting = once ? Lasting::kOnce : Lasting::kAlways;
  }
  return Rule{std::make_shared<const Fault>(fault), *act, at, Trigger(meant, dice)};
}

Result<Plan> Plan::Make(const std::vector<Fault>& faults, const Dice& dice) {
  Plan plan;
  for (const Fault& fault : faults) {
    auto rule = MakeRule(fault, dice);
    if (!rule.ok()) return rule.error();
    if (!dice.process.empty() && !Globs(fault.target, dice.process)) continue;
    plan.rules_.push_back(std::move(rule).value());
  }
  return plan;
}

std::vector<Firing> Plan::At(const char* site, const std::string& path, bool events) {
  std::vector<Firing> firings;
  for (Rule& rule : rules_) {
    if (IsEventAct(rule.act) != events || !rule.trigger.Concerns(site, path)) continue;
    // Of two kinds at one site each has its own chance.
    const int64_t match = rule.trigger.Count(rule.fault->kind + " " + site, path);
    if (match > 0) firings.push_back({rule.fault, rule.act, site, match});
  }
  return firings;
}

bool Plan::MayConcern(Call call) const {
  return std::any_of(rules_.begin(), rules_.end(), [&](const Rule& rule) {
    for (size_t file = 0; file < kFiles; ++file) {
      if (Globs(rule.at, SiteName(call, static_cast<File>(file)))) return true;
    }
    return false;
  });
}

std::vector<std::string> Plan::ForeignSites() const {
  std::vector<std::string> sites;
  for (const Rule& rule : rules_) {
    if (IsForeign(rule.at)) sites.push_back(rule.at);
  }
  return sites;
}

std::vector<std::shared_ptr<const Fault>> Plan::faults() const {
  std::vector<std::shared_ptr<const Fault>> faults;
  for (const Rule& rule : rules_) faults.push_back(rule.fault);
  return faults;
}

}  // namespace faults::libc
