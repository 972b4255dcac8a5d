// The gated side of a gate: standing at it until its controller lets go.

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "faults/vfs/action.h"
#include "faults/vfs/gate_wire.h"

namespace faults::vfs {
namespace {

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

// Sends the arrival and waits; whether the controller let go (and is not simply gone).
bool Stand(int controller, const Occasion& occasion) {
  const GateArrival arrival{.pid = getpid(),
                            .site = occasion.site.Name(),
                            .when = occasion.when == When::kBefore ? "before" : "after",
                            .occurrence = occasion.occurrence,
                            .path = occasion.path,
                            .detail = occasion.detail};
  const std::string packet = arrival.Packet();
  if (send(controller, packet.data(), packet.size(), MSG_NOSIGNAL) < 0) return false;
  char byte;
  ssize_t got = 0;
  do {
    got = recv(controller, &byte, 1, 0);
  } while (got < 0 && errno == EINTR);
  return got == 1;
}

class GateAction : public Action {
 public:
  GateAction(std::string dir, std::string name) : dir_(std::move(dir)), name_(std::move(name)) {}

  bool CanHappen(Call, When) const override { return true; }

  Effect Do(const Occasion& occasion, const Recorder& record) const override {
    const int controller = Connect(dir_, name_);
    if (controller < 0) {
      // Not held, and said: a run whose gate was never closed must not look like one that was.
      (void)record("passed", "nobody listens at the gate");
      return {};
    }
    if (record("held", occasion.detail)) {
      (void)record(Stand(controller, occasion) ? "released" : "passed", occasion.detail);
    }
    close(controller);
    return {};
  }

 private:
  std::string dir_, name_;
};

}  // namespace

Result<std::shared_ptr<const Action>> MakeGate(const Fault& fault) {
  if (fault.Get("dir").empty()) return Refused(fault, "the key 'dir' is missing");
  return std::shared_ptr<const Action>(
      std::make_shared<GateAction>(fault.Get("dir"), fault.Get("name", fault.target)));
}

}  // namespace faults::vfs
