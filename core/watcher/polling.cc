// The polling backend: PRAGMA data_version on a connection of its own, every interval.
//
// data_version changes when another connection, of any process, has committed
// (https://www.sqlite.org/pragma.html#pragma_data_version). It is read under SQLite's locks, so
// when it has changed, the commit is visible to whoever re-reads. It works in every journal mode.
//
// What it costs a writer: in the rollback journal modes each look holds a SHARED lock for some
// microseconds, which a writer without busy timeout can trip over; in WAL a look locks nothing of a
// writer's, but the open connection keeps -wal in place and another process out of leaving WAL.
//
// Where data_version moves without a commit (a wake too many): a TRUNCATE checkpoint, a WAL that is
// restarted by a transaction that spills and rolls back, a rolled back hot journal.
//
// Also on a file without any content: SQLite reads it anew each time, and data_version moves with
// every look. So a move counts there only when the file got some.
//
// In WAL the connection has -shm mapped, and reads it at every look: see shm_file.h.
//
// A writer that holds an exclusive lock starves the looks: BUSY is "look again next time", the
// connection is never opened anew, and the first look that succeeds tells. The watcher says so on
// stderr when it lasts (shared_watcher.cc).
#include <optional>
#include <utility>

#include "core/sites.h"
#include "core/sql/statement.h"
#include "core/watcher/backend.h"
#include "core/watcher/hot_journal.h"
#include "core/watcher/own_connection.h"
#include "core/watcher/shm_file.h"

namespace honker {
namespace {

class Polling : public Backend {
 public:
  explicit Polling(std::unique_ptr<OwnConnection> connection, std::string path)
      : path_(std::move(path)), shm_(path_), connection_(std::move(connection)) {
    version_.emplace(connection_->db(), "PRAGMA main.data_version");
  }
  ~Polling() override { Close(); }

  // A lock of somebody else, and a hot journal, which this connection leaves to the next writer, do
  // not prevent the open: the baseline is then unknown and the first look that succeeds wakes.
  Status TakeBaseline() {
    const Result<int64_t> version = Patiently<int64_t>(100, [this] { return Version(); });
    if (version.ok()) {
      seen_ = version.value();
      empty_ = See(path_).size == 0;
      NoteShm();
    } else if (!IsBusy(version.error().code) && version.error().code != SQLITE_READONLY_ROLLBACK) {
      return version.error();
    }
    return Ok();
  }

  Look Check() override {
    if (shm_.noted()) {
      Look shm = shm_.Check();
      if (shm.kind != Look::kQuiet) return shm;
    }
    const Result<int64_t> version = Version();
    HONKER_MOMENT("poll.checked");
    Look look;
    if (!version.ok()) {
      look = Look::Trouble(version.error().message);
      if (IsBusy(version.error().code)) look = Look::Busy();
      if (version.error().code == SQLITE_READONLY_ROLLBACK) look.kind = Look::kBusy;
    }
    look = hot_journal_.Judge(std::move(look), HotJournal::Time::clock::now());
    if (!version.ok()) return look;
    if (seen_ == version.value()) return {};
    seen_ = version.value();
    NoteShm();
    const bool was_empty = std::exchange(empty_, See(path_).size == 0);
    return was_empty && empty_ ? Look{} : Look::Changed();
  }

  bool SeesPath() override { return connection_->SeesPath(); }
  void Abandon() override {
    connection_->LeaveFilesAlone();
    abandoned_ = true;
  }
  const char* thread_name() const override { return "honker-poll"; }

 private:
  // The read transaction ends with the reset, at once: a longer one would hold back checkpoints.
  Result<int64_t> Version() {
    Result<bool> row = version_->Step();
    if (!row.ok()) return row.error();
    const int64_t version = version_->ColumnInt(0);
    version_->Reset();
    return version;
  }

  // A connection that is in WAL, from the start or since a commit that went over to it, has -shm
  // mapped from its first read on; elsewhere there is none.
  void NoteShm() {
    if (shm_.noted() || See(path_ + "-shm").kind != FileSight::kFound) return;
    const Result<std::string> mode = connection_->JournalMode();
    if (mode.ok() && mode.value() == "wal") (void)shm_.Note();
  }

  // A database that went over to WAL while it was watched has a read-only connection here. If that
  // is the last one, -wal stays behind: so one that can write is opened, and closed after it.
  void Close() {
    std::unique_ptr<OwnConnection> last;
    // Nothing of a truncated -shm may be read on the way out either.
    if (shm_.noted() && shm_.Check().kind != Look::kQuiet) Abandon();
    if (!abandoned_ && connection_->SeesPath() &&
        sqlite3_db_readonly(connection_->db(), "main") == 1) {
      const Result<std::string> mode = connection_->JournalMode();
      if (mode.ok() && mode.value() == "wal") last = OpenToClose();
    }
    version_.reset();
    connection_.reset();
  }

  std::unique_ptr<OwnConnection> OpenToClose() {
    Result<std::unique_ptr<OwnConnection>> opened =
        OwnConnection::Open(path_, OwnConnection::kReadWrite);
    if (!opened.ok() || !opened.value()->JournalMode().ok())
      return nullptr;  // it stays behind, then
    return std::move(opened).value();
  }

  const std::string path_;
  ShmFile shm_;
  std::unique_ptr<OwnConnection> connection_;
  std::optional<Statement> version_;  // prepared once: preparing costs as much as a look
  std::optional<int64_t> seen_;
  HotJournal hot_journal_;
  bool empty_ = false;  // the file had no content at the last look that moved
  bool abandoned_ = false;
};

Result<std::unique_ptr<OwnConnection>> Connect(const std::string& path) {
  Result<std::unique_ptr<OwnConnection>> reader =
      OwnConnection::Open(path, OwnConnection::kReadOnly);
  if (!reader.ok()) return reader;
  const Result<std::string> mode =
      Patiently<std::string>(1000, [&] { return reader.value()->JournalMode(); });
  if (!mode.ok() || mode.value() != "wal") return reader;
  return OwnConnection::Open(path, OwnConnection::kReadWrite);
}

}  // namespace

Result<std::unique_ptr<Backend>> OpenPolling(const std::string& path) {
  Result<std::unique_ptr<OwnConnection>> connection = Connect(path);
  if (!connection.ok()) return connection.error();
  auto polling = std::make_unique<Polling>(std::move(connection).value(), path);
  Status baseline = polling->TakeBaseline();
  if (!baseline.ok()) return baseline.error();
  return std::unique_ptr<Backend>(std::move(polling));
}

}  // namespace honker
