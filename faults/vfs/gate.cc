#include "faults/vfs/gate.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "faults/fault.h"

namespace faults {
namespace {

using Clock = std::chrono::steady_clock;

// Readable by the deadline, or an Error. A deadline in the past still looks once.
Status WaitReadable(int fd, Clock::time_point deadline, const std::string& path) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd wanted{fd, POLLIN, 0};
    const int ready = poll(&wanted, 1, static_cast<int>(std::max<long>(left, 0)));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return ErrnoError("poll gate", path);
    if (ready == 0 && Clock::now() >= deadline) {
      return Error{"nobody reached the gate in time", path, ETIMEDOUT, ""};
    }
  }
}

}  // namespace

Result<Gate> Gate::Create(const std::string& dir, const std::string& name) {
  const vfs::GateAddress address(dir, name);
  if (!address.status().ok()) return address.status().error();
  const int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (listener < 0) return ErrnoError("socket", vfs::GatePath(dir, name));
  if (bind(listener, address.get(), vfs::GateAddress::size()) != 0 || listen(listener, 128) != 0) {
    const Error error = ErrnoError("create gate", vfs::GatePath(dir, name));
    close(listener);
    return error;
  }
  return Gate(listener, dir, name);
}

Gate::Gate(Gate&& other) noexcept
    : listener_(std::exchange(other.listener_, -1)),
      dir_(std::move(other.dir_)),
      name_(std::move(other.name_)),
      speaking_(std::exchange(other.speaking_, -1)),
      held_(std::exchange(other.held_, {})) {}

Gate& Gate::operator=(Gate&& other) noexcept {
  std::swap(listener_, other.listener_);
  std::swap(dir_, other.dir_);
  std::swap(name_, other.name_);
  std::swap(speaking_, other.speaking_);
  std::swap(held_, other.held_);
  return *this;
}

Gate::~Gate() {
  if (listener_ < 0) return;
  // The name first: who comes now finds no gate. Closing the listener ends those in its backlog.
  unlink(vfs::GatePath(dir_, name_).c_str());
  close(listener_);
  if (speaking_ >= 0) close(speaking_);
  for (const int connection : held_) close(connection);
}

std::string Gate::FaultText(const std::string& target, const std::string& where) const {
  // Printed by Fault::Text, so that the directory is quoted where it must be.
  const Fault place{"gate", target, {{"dir", dir_}, {"name", name_}}};
  return place.Text() + " " + where;
}

Result<GateArrival> Gate::WaitReached(std::chrono::milliseconds deadline) {
  const auto until = Clock::now() + deadline;
  const std::string path = vfs::GatePath(dir_, name_);
  for (;;) {
    if (speaking_ < 0) {
      if (Status ready = WaitReadable(listener_, until, path); !ready.ok()) return ready.error();
      speaking_ = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (speaking_ < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
      if (speaking_ < 0) return ErrnoError("accept at gate", path);
    }
    // It stays where the deadline comes first: it has arrived, and is not to be lost.
    if (Status ready = WaitReadable(speaking_, until, path); !ready.ok()) return ready.error();
    std::array<char, 16384> packet;
    const ssize_t got = recv(speaking_, packet.data(), packet.size(), 0);
    const int connection = std::exchange(speaking_, -1);
    if (got <= 0) {  // it died between connecting and speaking: nobody is held
      close(connection);
      continue;
    }
    auto arrival = GateArrival::FromPacket({packet.data(), static_cast<size_t>(got)});
    if (arrival.ok()) {
      held_.push_back(connection);
    } else {
      close(connection);
    }
    return arrival;
  }
}

Status Gate::Release() {
  const std::string path = vfs::GatePath(dir_, name_);
  if (held_.empty()) return Error{"release", path, ENOENT, "nobody is held here"};
  const int connection = held_.front();
  held_.pop_front();
  Status status;
  if (send(connection, "g", 1, MSG_NOSIGNAL) != 1) status = ErrnoError("release", path);
  close(connection);
  return status;
}

}  // namespace faults
