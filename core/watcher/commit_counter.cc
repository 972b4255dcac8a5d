#include "core/watcher/commit_counter.h"

#include <cstring>

#include "core/sql/statement.h"

namespace honker {
namespace {

using std::chrono::milliseconds;

// A header that stays torn is that of a writer that died: nobody repairs it before somebody reads.
constexpr milliseconds kTornIsRead{50};
// In WAL the file is asked for its mode that often: only a program other than SQLite can change it.
constexpr milliseconds kModeIsRead{100};

}  // namespace

bool ShowsCommit(const WalIndexHeader& now, const WalIndexHeader& then) {
  return now.frame_checksum[0] != then.frame_checksum[0] ||
         now.frame_checksum[1] != then.frame_checksum[1] || now.pages != then.pages;
}

Result<std::unique_ptr<CommitCounter>> CommitCounter::Open(const std::string& path) {
  std::unique_ptr<CommitCounter> counter(new CommitCounter(path));
  constexpr int kASecond = 1000;
  Status opened = counter->Connect(kASecond);
  if (opened.ok()) opened = counter->TakeBaseline();
  if (!opened.ok()) return opened.error();
  return counter;
}

// A database that became a WAL one a moment ago may have been read by this read-only connection. If
// that is the last one, -wal stays behind: so one that can write is opened, and closed after it.
CommitCounter::~CommitCounter() {
  // Nothing of a truncated -shm may be read on the way out.
  if (log_ && !log_->IsUsable()) Abandon();
  std::unique_ptr<OwnConnection> last;
  if (connection_ != nullptr && !log_ && !abandoned_ && connection_->SeesPath()) {
    const Result<DatabaseHeader> header = ReadDatabaseHeader(connection_->db());
    if (header.ok() && header.value().wal) {
      auto opened = OwnConnection::Open(path_, OwnConnection::kReadWrite);
      if (opened.ok() && opened.value()->JournalMode().ok()) last = std::move(opened).value();
    }
  }
  log_.reset();
  file_.reset();
  connection_.reset();
}

void CommitCounter::Abandon() {
  connection_->LeaveFilesAlone();
  abandoned_ = true;
}

// A lock or a journal to be rolled back does not prevent it: the file itself says its mode, too.
Status CommitCounter::Connect(int patience) {
  auto opened = OwnConnection::Open(path_, OwnConnection::kReadOnly);
  if (!opened.ok()) return opened.error();
  OwnConnection* reader = opened.value().get();
  const Result<std::string> mode =
      Patiently<std::string>(patience, [reader] { return reader->JournalMode(); });
  if (!mode.ok() && !IsBusy(mode.error().code) && mode.error().code != SQLITE_READONLY_ROLLBACK) {
    return mode.error();
  }
  const Result<DatabaseHeader> header = ReadDatabaseHeader(reader->db());
  if (!header.ok()) return header.error();
  const bool wal = mode.ok() ? mode.value() == "wal" : header.value().wal;
  if (wal) {
    opened = OwnConnection::Open(path_, OwnConnection::kReadWrite);
    if (!opened.ok()) return opened.error();
    OwnConnection* writable = opened.value().get();
    const Result<std::string> again =
        Patiently<std::string>(patience, [writable] { return writable->JournalMode(); });
    if (!again.ok()) return again.error();
  }
  // Where a mapping of the file is the default of this SQLite, a file that is cut off by another
  // program would be a SIGBUS.
  (void)Execute(opened.value()->db(), "PRAGMA main.mmap_size = 0");
  std::optional<MappedWalIndex> log;
  if (wal) {
    Result<MappedWalIndex> mapped = MappedWalIndex::Open(opened.value()->db(), path_);
    if (!mapped.ok()) return mapped.error();
    log = std::move(mapped).value();
  }
  file_.reset();
  connection_ = std::move(opened).value();
  header_wal_ = header.value().wal;
  log_ = std::move(log);
  seen_.reset();
  torn_since_.reset();
  counter_ = {};
  hot_journal_ = {};
  if (!log_) file_.emplace(connection_->db());
  return Ok();
}

Status CommitCounter::TakeBaseline() {
  if (!log_) {
    Result<bool> taken = Patiently<bool>(100, [this] { return counter_.TakeBaseline(*file_); });
    return taken.ok() ? Ok() : Status(taken.error());
  }
  WalIndexHeader header;
  Look look = Look::Busy();
  // A writer is at it this very moment: then the first look that succeeds wakes.
  for (int i = 0; i < 100 && look.kind == Look::kBusy; ++i) look = log_->Read(&header);
  if (look.kind == Look::kQuiet) {
    seen_ = header;
  } else if (look.kind != Look::kBusy) {
    return Error{1, look.reason};
  }
  return Ok();
}

Look CommitCounter::Check(Time now) { return log_ ? CheckLog(now) : CheckFile(now); }

// The frame after the last committed one, if it is there, has the salt of this log. What the header
// does not show yet was written behind it; what an old log left there has another salt. A log
// without a commit has no salt to go by (its first writer may draw a new one and publish it with
// the commit only), but it is empty unless somebody has begun to write it.
bool CommitCounter::FramesFollow(const WalIndexHeader& header) {
  sqlite3_file* log = nullptr;
  if (sqlite3_file_control(connection_->db(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) !=
          SQLITE_OK ||
      log == nullptr || log->pMethods == nullptr) {
    return true;
  }
  // https://www.sqlite.org/fileformat2.html, section 4.1: a header of 32 bytes, then frames of 24
  // bytes and a page; the salt at byte 8.
  const sqlite3_int64 frame =
      32 + static_cast<sqlite3_int64>(header.max_frame) * (24 + header.page_bytes);
  uint32_t salt[2] = {0, 0};
  const int code =
      log->pMethods->xRead(log, salt, sizeof salt, header.max_frame == 0 ? 0 : frame + 8);
  if (code == SQLITE_IOERR_SHORT_READ) return false;
  if (header.max_frame == 0) return true;
  return code != SQLITE_OK || std::memcmp(salt, header.salt, sizeof salt) == 0;
}

bool CommitCounter::ReservedByOthers() {
  sqlite3_file* file = nullptr;
  int reserved = 1;
  if (sqlite3_file_control(connection_->db(), "main", SQLITE_FCNTL_FILE_POINTER, &file) !=
          SQLITE_OK ||
      file == nullptr || file->pMethods == nullptr ||
      file->pMethods->xCheckReservedLock(file, &reserved) != SQLITE_OK) {
    return true;
  }
  return reserved != 0;
}

// Frames are looked for after the header: one that was published in between is still a frame.
Look CommitCounter::CheckLog(Time now) {
  WalIndexHeader header;
  Look look = log_->Read(&header);
  writer_at_work_ = look.kind != Look::kQuiet || FramesFollow(header);
  if (look.kind == Look::kQuiet) {
    torn_since_.reset();
    const bool changed = !seen_ || ShowsCommit(header, *seen_);
    seen_ = header;
    if (changed) return Look::Changed();
  } else if (look.kind == Look::kBusy) {
    if (!torn_since_) torn_since_ = now;
    // Reading makes SQLite repair the header where its writer is dead, and is BUSY where it is not.
    if (now - *torn_since_ >= kTornIsRead) {
      (void)Execute(connection_->db(), "SELECT count(*) FROM main.sqlite_schema");
      torn_since_ = now;
    }
  }
  if (look.kind != Look::kDead && now - mode_read_ >= kModeIsRead) {
    mode_read_ = now;
    const Result<DatabaseHeader> file = ReadDatabaseHeader(connection_->db());
    if (file.ok() && file.value().wal != header_wal_) return Follow();
  }
  return look;
}

// The lock is looked for before the counter: one that was given up in between has moved the
// counter.
Look CommitCounter::CheckFile(Time now) {
  writer_at_work_ = ReservedByOthers();
  const Result<DatabaseHeader> header = ReadDatabaseHeader(connection_->db());
  if (!header.ok()) return Look::Trouble(header.error().message);
  if (header.value().wal != header_wal_) return Follow();
  Look look = counter_.Check(header.value().stamp, *file_);
  return hot_journal_.Judge(std::move(look), now);
}

// Anything may have been committed on the way: a wake, and a new baseline. The one is taken before
// the subscribers read, so what is committed later is seen.
Look CommitCounter::Follow() {
  // Frames of a log whose database is not a WAL one any more belong to nobody.
  if (log_) connection_->LeaveFilesAlone();
  constexpr int kOnce = 1;
  Status followed = Connect(kOnce);
  if (followed.ok()) followed = TakeBaseline();
  if (followed.ok()) return Look::Changed();
  if (IsBusy(followed.error().code)) return Look::Busy();
  return Look::Trouble(followed.error().message);
}

}  // namespace honker
