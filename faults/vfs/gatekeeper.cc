#include "faults/vfs/gatekeeper.h"

#include <fnmatch.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "faults/vfs/gate_wire.h"

namespace faults::vfs {
namespace {

bool Matches(const std::string& glob, const std::string& text) {
  return glob.empty() || fnmatch(glob.c_str(), text.c_str(), 0) == 0;
}

// A connection to the gate's controller; -1 where nobody listens.
int Connect(const std::string& dir, const std::string& name) {
  const GateAddress address(dir, name);
  if (!address.status().ok()) return -1;
  const int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  if (connect(fd, address.get(), GateAddress::size()) != 0) {
    close(fd);
    return -1;
  }
  return fd;
}

}  // namespace

struct Gatekeeper::Armed {
  Fault fault;
  std::string at, dir, name, path, detail;
  When when;
  int64_t nth;
  bool always;
  int64_t seen = 0;  // guarded by mutex_
};

void Gatekeeper::SetLedger(Ledger ledger) { ledger_.emplace(std::move(ledger)); }

Status Gatekeeper::Arm(const Fault& fault) {
  const auto refuse = [&](const std::string& sentence) {
    return Error{"gate", "", EINVAL, sentence + " in '" + fault.Text() + "'"};
  };
  if (fault.kind != "gate") return refuse("the VFS does not carry out '" + fault.kind + "'");
  for (const char* key : {"at", "dir"}) {
    if (fault.Get(key).empty()) return refuse(std::string("the key '") + key + "' is missing");
  }
  if (!MatchesSomeSite(fault.Get("at"))) {
    return refuse("there is no site '" + fault.Get("at") + "' (nearest: '" +
                  NearestSite(fault.Get("at")) + "')");
  }
  auto gate = std::make_shared<Armed>(
      Armed{.fault = fault,
            .at = fault.Get("at"),
            .dir = fault.Get("dir"),
            .name = fault.Get("name", fault.target),
            .path = fault.Get("path"),
            .detail = fault.Get("detail"),
            .when = fault.Get("when") == "after" ? When::kAfter : When::kBefore,
            .nth = fault.GetInt("nth", 1),
            .always = fault.lasting == Lasting::kAlways});
  const std::lock_guard<std::mutex> lock(mutex_);
  gates_.push_back(std::move(gate));
  armed_.store(gates_.size(), std::memory_order_release);
  return {};
}

size_t Gatekeeper::Clear() {
  const std::lock_guard<std::mutex> lock(mutex_);
  const size_t count = gates_.size();
  gates_.clear();
  armed_.store(0, std::memory_order_release);
  return count;
}

void Gatekeeper::Pass(Site site, When when, const char* path,
                      const std::function<std::string()>& detail) {
  const int saved_errno = errno;  // the VFS below may be asked for it after the call
  const std::string name = site.Name();
  const std::string file = path == nullptr ? "" : path;
  std::string about;
  std::vector<std::pair<std::shared_ptr<Armed>, int64_t>> firing;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const auto& gate : gates_) {
      if (gate->when != when || !Matches(gate->at, name) || !Matches(gate->path, file)) continue;
      if (about.empty()) about = detail();
      if (!Matches(gate->detail, about)) continue;
      ++gate->seen;
      if (gate->seen == gate->nth || (gate->always && gate->seen > gate->nth)) {
        firing.emplace_back(gate, gate->seen);
      }
    }
  }
  // Outside the lock: other threads must be able to reach their calls, and their gates, meanwhile.
  for (const auto& [gate, occurrence] : firing) StandAt(*gate, site, occurrence, path, about);
  errno = saved_errno;
}

void Gatekeeper::StandAt(const Armed& gate, Site site, int64_t occurrence, const char* path,
                         const std::string& detail) {
  const int controller = Connect(gate.dir, gate.name);
  if (controller < 0) {
    // Not held, and said: a run whose gate was never closed must not look like one that was.
    (void)Record("passed", gate, site, occurrence, "nobody listens at the gate");
    return;
  }
  if (!Record("held", gate, site, occurrence, detail)) {
    close(controller);
    return;
  }
  const GateArrival arrival{.pid = getpid(),
                            .site = site.Name(),
                            .when = gate.when == When::kBefore ? "before" : "after",
                            .occurrence = occurrence,
                            .path = path == nullptr ? "" : path,
                            .detail = detail};
  const std::string packet = arrival.Packet();
  const char* how = "released";
  if (send(controller, packet.data(), packet.size(), MSG_NOSIGNAL) < 0) {
    how = "passed";
  } else {
    char byte;
    ssize_t got = 0;
    do {
      got = recv(controller, &byte, 1, 0);
    } while (got < 0 && errno == EINTR);
    if (got != 1) how = "passed";  // the controller is gone
  }
  close(controller);
  (void)Record(how, gate, site, occurrence, detail);
}

bool Gatekeeper::Record(const char* event, const Armed& gate, Site site, int64_t occurrence,
                        const std::string& detail) {
  if (!ledger_.has_value()) return true;
  const Status recorded = ledger_->Append({.event = event,
                                           .fault = gate.fault.Text(),
                                           .site = site.Name(),
                                           .occurrence = occurrence,
                                           .detail = detail});
  if (!recorded.ok()) {
    std::fprintf(stderr, "faults: not held, because it cannot be recorded: %s\n",
                 recorded.Message().c_str());
  }
  return recorded.ok();
}

std::string Gatekeeper::CountsJson() const {
  std::string json = "{";
  for (const Site& site : AllSites()) {
    const int64_t count = Count(site);
    if (count == 0) continue;
    // Site names need no escaping.
    json += (json.size() > 1 ? ",\"" : "\"") + site.Name() + "\":" + std::to_string(count);
  }
  return json + "}";
}

}  // namespace faults::vfs
