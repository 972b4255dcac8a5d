// What the two sides of a gate say to each other.
//
// A gate is a socket file `<dir>/<name>.gate` (AF_UNIX, SOCK_SEQPACKET) that the controller listens
// on. The gated thread connects, sends one packet (an arrival), and waits for one byte. A
// connection per arrival makes the ends precise: a controller that dies or closes lets everybody
// through (end of file), a gated process that dies is noticed by the controller, and no release can
// be left over for somebody who comes later. Any language with Unix sockets can be a controller.

#ifndef HONKER_FAULTS_VFS_GATE_WIRE_H_
#define HONKER_FAULTS_VFS_GATE_WIRE_H_

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "faults/result.h"

namespace faults::vfs {

// Who stands at the gate, and where.
struct GateArrival {
  pid_t pid = 0;
  std::string site;        // "vfs.sync.wal"
  std::string when;        // "before" or "after" the call
  int64_t occurrence = 0;  // of what the gate matches, since it was armed; from 1
  std::string path;        // of the file concerned; empty for an anonymous one
  std::string detail;      // see interceptor.h

  [[nodiscard]] std::string Packet() const;
  [[nodiscard]] static Result<GateArrival> FromPacket(std::string_view packet);
};

// A directory and a file name in it as a socket address. sun_path holds 107 bytes and scratch
// folders are often deeper, so the name is looked up through a descriptor of the directory. Movable
// not; keep it alive until bind or connect has returned.
class GateAddress {
 public:
  GateAddress(const std::string& dir, const std::string& name);
  ~GateAddress();
  GateAddress(const GateAddress&) = delete;
  GateAddress& operator=(const GateAddress&) = delete;

  [[nodiscard]] const Status& status() const { return status_; }
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address_); }
  [[nodiscard]] static socklen_t size() { return sizeof(sockaddr_un); }

 private:
  Status status_;
  int directory_ = -1;
  sockaddr_un address_{};
};

// "<dir>/<name>.gate".
[[nodiscard]] std::string GatePath(const std::string& dir, const std::string& name);

}  // namespace faults::vfs

#endif  // HONKER_FAULTS_VFS_GATE_WIRE_H_
