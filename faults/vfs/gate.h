// The controller's side of a gate: it lets a test hold another process at a named call and look at
// the world while it is held, without sleeping and without guessing.
//
//   auto gate = Gate::Create(dir, "commit");
//   child's environment: FAULT_VFS = gate.FaultText("writer:1", "at=vfs.sync.wal
//   when=before")
//   ... the child commits ...
//   gate.WaitReached(10s)   the child stands before the sync
//   ... look: readers must still see the old state ...
//   gate.Release()          the child goes on
//
// One thread at a time. The process that controls may have SQLite connections: a gate opens no
// database.

#ifndef HONKER_FAULTS_VFS_GATE_H_
#define HONKER_FAULTS_VFS_GATE_H_

#include <chrono>
#include <deque>
#include <string>

#include "faults/result.h"
#include "faults/vfs/gate_wire.h"

namespace faults {

using vfs::GateArrival;

class Gate {
 public:
  // Makes `<dir>/<name>.gate` and listens on it. Do this before the gated process comes to its
  // gate: a gate that nobody listens on lets through (and the ledger says so). `dir` must exist;
  // EADDRINUSE where another gate has the name.
  [[nodiscard]] static Result<Gate> Create(const std::string& dir, const std::string& name);

  Gate(Gate&& other) noexcept;
  Gate& operator=(Gate&& other) noexcept;
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  // Lets everybody through and removes the file.
  ~Gate();

  // The fault that sends `target` to this gate; `where` is "at=SITE" and more keys (nth, when,
  // path, detail), and once or always at its end.
  [[nodiscard]] std::string FaultText(const std::string& target, const std::string& where) const;

  // Waits until the next process stands at the gate. ETIMEDOUT where none came by the deadline: by
  // itself that proves nothing; ask the gated process how far it got.
  [[nodiscard]] Result<GateArrival> WaitReached(std::chrono::milliseconds deadline);

  // Lets the one through that arrived first. EPIPE where it has died meanwhile; ENOENT where nobody
  // whom WaitReached reported is held.
  [[nodiscard]] Status Release();

  // How many are held of those whom WaitReached reported.
  [[nodiscard]] size_t held() const { return held_.size(); }

 private:
  Gate(int listener, std::string dir, std::string name)
      : listener_(listener), dir_(std::move(dir)), name_(std::move(name)) {}

  int listener_;
  std::string dir_, name_;
  int speaking_ = -1;     // has connected, and not said yet who it is
  std::deque<int> held_;  // connections, oldest first
};

}  // namespace faults

#endif  // HONKER_FAULTS_VFS_GATE_H_
