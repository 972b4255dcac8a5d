// The shm backend: iChange in the WAL-index header, read from memory every interval.
//
// iChange grows by one at every commit, when the commit becomes visible, and nothing else moves it
// while the WAL-index lives. WAL only: in other modes there is no WAL-index, and mapping one would
// *create* -shm, so the journal mode is asked for, and a read done, before.
//
// The memory is SQLite's own mapping, asked from a connection of ours (SQLITE_FCNTL_FILE_POINTER,
// xShmMap): no descriptor of -shm is opened or closed here. The open connection keeps -shm and its
// mapping alive when every other one is gone; SQLite then lets nobody leave WAL.
//
// When a torn header makes SQLite rebuild the WAL-index, iChange starts anew, and one commit later
// it may be back at the value that was seen (measured: 1, rebuilt, commit, 1). iChange alone then
// misses that commit; so more frames than before, or other frames after the WAL was started anew,
// are a change too. Without a rebuild neither happens without iChange, so this wakes nobody
// needlessly.
//
// -shm deleted or replaced: new connections use another file and SQLite itself does not notice;
// dead. -shm truncated: touching the mapping would be a SIGBUS, which would kill the host. So its
// size is looked at, by stat, before each read. What stays: a truncation in the very moment between
// the two. Nothing here can close that gap (SQLite's own readers stand in it as well).
#include <optional>

#include "core/sql/statement.h"
#include "core/watcher/backend.h"
#include "core/watcher/file_identity.h"
#include "core/watcher/own_connection.h"
#include "core/watcher/wal_index.h"

namespace honker {
namespace {

// Region 0 of the WAL-index as this connection has mapped it; nullptr where it has none.
const volatile void* MappedWalIndex(sqlite3* db) {
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK)
    return nullptr;
  if (file == nullptr || file->pMethods == nullptr || file->pMethods->iVersion < 2) return nullptr;
  volatile void* map = nullptr;
  constexpr int kDoNotExtend = 0;
  const int code = file->pMethods->xShmMap(file, 0, kWalIndexRegionBytes, kDoNotExtend, &map);
  return code == SQLITE_OK ? map : nullptr;
}

class Shm : public Backend {
 public:
  Shm(std::unique_ptr<OwnConnection> connection, const std::string& path)
      : connection_(std::move(connection)), shm_path_(path + "-shm") {}

  Status TakeBaseline() {
    const Result<std::string> mode =
        Patiently<std::string>(1000, [this] { return connection_->JournalMode(); });
    if (!mode.ok()) return mode.error();
    if (mode.value() != "wal") {
      return Error{
          1, "the shm backend needs journal_mode WAL, and this database is in " + mode.value()};
    }
    Status read = Patiently<Done>(100, [this] {
      return Execute(connection_->db(), "SELECT count(*) FROM main.sqlite_schema");
    });
    if (!read.ok()) return read;
    map_ = MappedWalIndex(connection_->db());
    if (map_ == nullptr)
      return Error{1, "the shm backend cannot map the WAL-index of this database"};
    const FileSight sight = See(shm_path_);
    if (sight.kind != FileSight::kFound)
      return Error{1, "the file \"" + shm_path_ + "\" is not there"};
    identity_ = sight.identity;
    if (!Holds(sight)) return Error{1, "the file \"" + shm_path_ + "\" is too short"};
    WalIndexHeader header;
    // A writer is at it this very moment: then the first look that succeeds wakes.
    for (int i = 0; i < 100 && !seen_; ++i) {
      if (ReadWalIndexHeader(map_, &header)) seen_ = header;
    }
    if (seen_ && seen_->version != kWalIndexVersion) {
      return Error{1, "the WAL-index has the unknown version " + std::to_string(seen_->version)};
    }
    return Ok();
  }

  Look Check() override {
    const FileSight sight = See(shm_path_);
    if (sight.kind == FileSight::kUnreadable) return Look::Trouble("-shm cannot be looked at");
    if (sight.kind == FileSight::kGone || !(sight.identity == identity_)) return Death(sight);
    if (!Holds(sight)) return Look::Trouble("-shm was truncated by another program");
    WalIndexHeader header;
    if (!ReadWalIndexHeader(map_, &header)) return Look::Busy();
    if (header.version != kWalIndexVersion)
      return Look::Trouble("the WAL-index has another version");
    const bool changed = !seen_ || IsNewer(header, *seen_);
    seen_ = header;
    return changed ? Look::Changed() : Look{};
  }

  bool SeesPath() override { return connection_->SeesPath(); }
  void Abandon() override { connection_->LeaveFilesAlone(); }
  const char* thread_name() const override { return "honker-shm"; }

 private:
  static bool Holds(const FileSight& sight) {
    return sight.size >= static_cast<int64_t>(kWalIndexHeaderBytes);
  }

  static bool IsNewer(const WalIndexHeader& now, const WalIndexHeader& then) {
    const bool same_log = now.salt[0] == then.salt[0] && now.salt[1] == then.salt[1];
    return now.change != then.change || now.max_frame > then.max_frame ||
           (!same_log && now.max_frame > 0);
  }

  Look Death(const FileSight& sight) const {
    const bool gone = sight.kind == FileSight::kGone;
    return Look::Dead(std::string("honker: WAL-index file ") + (gone ? "is gone" : "replaced") +
                      ": expected (" + identity_.Text() + "), found " +
                      (gone ? "nothing" : std::string("(").append(sight.identity.Text()) + ")") +
                      " at \"" + shm_path_ +
                      "\". The watcher cannot recover; close the Database and reopen with "
                      "honker.open().");
  }

  std::unique_ptr<OwnConnection> connection_;
  const std::string shm_path_;
  const volatile void* map_ = nullptr;  // lives as long as the connection
  FileIdentity identity_;               // of -shm
  std::optional<WalIndexHeader> seen_;
};

}  // namespace

Result<std::unique_ptr<Backend>> OpenShm(const std::string& path) {
  Result<std::unique_ptr<OwnConnection>> connection =
      OwnConnection::Open(path, OwnConnection::kReadWrite);
  if (!connection.ok()) return connection.error();
  auto shm = std::make_unique<Shm>(std::move(connection).value(), path);
  Status baseline = shm->TakeBaseline();
  if (!baseline.ok()) return baseline.error();
  return std::unique_ptr<Backend>(std::move(shm));
}

}  // namespace honker
