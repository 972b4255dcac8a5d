#include "faults/vfs/gate_wire.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <vector>

namespace faults::vfs {

std::string GateArrival::Packet() const {
  // Fields end in NUL: the only byte a path cannot hold.
  std::string packet;
  for (const std::string& field :
       {std::to_string(pid), site, when, std::to_string(occurrence), path, detail}) {
    packet += field;
    packet += '\0';
  }
  return packet;
}

Result<GateArrival> GateArrival::FromPacket(std::string_view packet) {
  std::vector<std::string> fields;
  while (!packet.empty()) {
    const size_t end = packet.find('\0');
    if (end == std::string_view::npos) break;
    fields.emplace_back(packet.substr(0, end));
    packet.remove_prefix(end + 1);
  }
  GateArrival arrival;
  const auto number = [](const std::string& text, auto& out) {
    return std::from_chars(text.data(), text.data() + text.size(), out).ec == std::errc();
  };
  if (fields.size() != 6 || !number(fields[0], arrival.pid) ||
      !number(fields[3], arrival.occurrence)) {
    return Error{"gate", "", EPROTO, "what arrived is not an arrival"};
  }
  arrival.site = fields[1];
  arrival.when = fields[2];
  arrival.path = fields[4];
  arrival.detail = fields[5];
  return arrival;
}

GateAddress::GateAddress(const std::string& dir, const std::string& name) {
  directory_ = open(dir.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (directory_ < 0) {
    status_ = ErrnoError("gate directory", dir);
    return;
  }
  const std::string path = "/proc/self/fd/" + std::to_string(directory_) + "/" + name + ".gate";
  if (path.size() >= sizeof(address_.sun_path)) {
    status_ = Error{"gate name", name, ENAMETOOLONG, ""};
    return;
  }
  address_.sun_family = AF_UNIX;
  std::memcpy(address_.sun_path, path.c_str(), path.size() + 1);
}

GateAddress::~GateAddress() {
  if (directory_ >= 0) close(directory_);
}

std::string GatePath(const std::string& dir, const std::string& name) {
  return dir + "/" + name + ".gate";
}

}  // namespace faults::vfs
