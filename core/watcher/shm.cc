// The shm backend: iChange in the WAL-index header, read from memory (mapped_wal_index.h) every
// interval.
//
// iChange grows by one at every commit, when the commit becomes visible, and nothing else moves it
// while the WAL-index lives. WAL only: in other modes there is no WAL-index.
//
// When a torn header makes SQLite rebuild the WAL-index, iChange starts anew, and one commit later
// it may be back at the value that was seen (measured: 1, rebuilt, commit, 1). iChange alone then
// misses that commit; so more frames than before, or other frames after the WAL was started anew,
// are a change too. Without a rebuild neither happens without iChange, so this wakes nobody
// needlessly.
#include <optional>

#include "core/fault_points.h"
#include "core/watcher/backend.h"
#include "core/watcher/mapped_wal_index.h"
#include "core/watcher/own_connection.h"

namespace honker {
namespace {

class Shm : public Backend {
 public:
  Shm(std::unique_ptr<OwnConnection> connection, MappedWalIndex index)
      : connection_(std::move(connection)), index_(std::move(index)) {}

  // Nothing of a truncated -shm may be read on the way out either.
  ~Shm() override {
    if (!index_.IsUsable()) connection_->LeaveFilesAlone();
  }

  Status TakeBaseline() {
    WalIndexHeader header;
    Look look = Look::Busy();
    // A writer is at it this very moment: then the first look that succeeds wakes.
    for (int i = 0; i < 100 && look.kind == Look::kBusy; ++i) look = index_.Read(&header);
    if (look.kind == Look::kQuiet) {
      seen_ = header;
    } else if (look.kind != Look::kBusy) {
      return Error{1, look.reason};
    }
    return Ok();
  }

  Look Check() override {
    WalIndexHeader header;
    Look look = index_.Read(&header);
    if (look.kind != Look::kQuiet) return look;
    const bool changed = !seen_ || IsNewer(header, *seen_);
    seen_ = header;
    return changed ? Look::Changed() : Look{};
  }

  bool SeesPath() override { return connection_->SeesPath(); }
  void Abandon() override { connection_->LeaveFilesAlone(); }
  const char* thread_name() const override { return "honker-shm"; }

 private:
  static bool IsNewer(const WalIndexHeader& now, const WalIndexHeader& then) {
    if (HONKER_MUTANT("change_alone")) return now.change != then.change;
    const bool same_log = now.salt[0] == then.salt[0] && now.salt[1] == then.salt[1];
    return now.change != then.change || now.max_frame > then.max_frame ||
           (!same_log && now.max_frame > 0);
  }

  std::unique_ptr<OwnConnection> connection_;
  MappedWalIndex index_;
  std::optional<WalIndexHeader> seen_;
};

}  // namespace

Result<std::unique_ptr<Backend>> OpenShm(const std::string& path) {
  Result<std::unique_ptr<OwnConnection>> connection =
      OwnConnection::Open(path, OwnConnection::kReadWrite);
  if (!connection.ok()) return connection.error();
  const Result<std::string> mode =
      Patiently<std::string>(1000, [&] { return connection.value()->JournalMode(); });
  if (!mode.ok()) return mode.error();
  if (mode.value() != "wal") {
    return Error{1,
                 "the shm backend needs journal_mode WAL, and this database is in " + mode.value()};
  }
  Result<MappedWalIndex> index = MappedWalIndex::Open(connection.value()->db(), path);
  if (!index.ok()) return index.error();
  auto shm = std::make_unique<Shm>(std::move(connection).value(), std::move(index).value());
  Status baseline = shm->TakeBaseline();
  if (!baseline.ok()) return baseline.error();
  return std::unique_ptr<Backend>(std::move(shm));
}

}  // namespace honker
