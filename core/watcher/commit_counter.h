// What is committed, asked without a lock: the commit counter of a database in whatever journal
// mode it is, on a connection of our own, and the mode followed when it changes.
//
// WAL: the WAL-index header (mapped_wal_index.h), whole. A commit puts frames into the log, and the
// header carries the running checksum of the last committed one: this, with the size of the
// database, is what a commit is here. What else moves in the header is none: a log that is started
// anew (another salt, no frames), iChange that begins again when the WAL-index is rebuilt. Where a
// rebuilt index shows frames that were not there before, they are a commit that has become visible.
//
// The rollback modes: the change counter (change_counter.h). A commit whose work was undone by
// ROLLBACK TO before is one: SQLite writes it.
#ifndef CORE_WATCHER_COMMIT_COUNTER_H_
#define CORE_WATCHER_COMMIT_COUNTER_H_

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/watcher/backend.h"
#include "core/watcher/change_counter.h"
#include "core/watcher/file_stamp.h"
#include "core/watcher/hot_journal.h"
#include "core/watcher/mapped_wal_index.h"
#include "core/watcher/own_connection.h"

namespace honker {

// True where `now` shows a commit that `then` does not.
bool ShowsCommit(const WalIndexHeader& now, const WalIndexHeader& then);

class CommitCounter {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Takes the baseline. `path` is resolved. Creates no file, but for what SQLite itself makes where
  // this is the first connection to a WAL database.
  static Result<std::unique_ptr<CommitCounter>> Open(const std::string& path);
  ~CommitCounter();
  CommitCounter(const CommitCounter&) = delete;
  CommitCounter& operator=(const CommitCounter&) = delete;

  // kBusy: something has moved that cannot be told from a commit yet. Nothing is missed over kBusy
  // and kTrouble.
  Look Check(Time now);

  // Of the last Check(): a transaction that had written something when it was called may be under
  // way still. False: whatever was written before the call is committed, and Check() has told of
  // it, or came to nothing. Asked without taking a lock: by the RESERVED lock of others (fcntl
  // F_GETLK), in WAL by a frame of the current log behind the last committed one.
  bool writer_at_work() const { return writer_at_work_; }

  bool SeesPath() { return connection_->SeesPath(); }
  void Abandon();

 private:
  explicit CommitCounter(std::string path) : path_(std::move(path)) {}
  Status Connect(int patience);
  Status TakeBaseline();
  Look CheckLog(Time now);
  Look CheckFile(Time now);
  bool FramesFollow(const WalIndexHeader& header);
  bool ReservedByOthers();
  Look Follow();

  const std::string path_;
  std::unique_ptr<OwnConnection> connection_;
  bool header_wal_ = false;  // what the file said of its mode when it was opened
  bool abandoned_ = false;
  bool writer_at_work_ = false;

  std::optional<MappedWalIndex> log_;  // in WAL
  std::optional<WalIndexHeader> seen_;
  std::optional<Time> torn_since_;
  Time mode_read_{};

  std::optional<FileStamp> file_;  // in the rollback modes
  ChangeCounter counter_;
  HotJournal hot_journal_;
};

}  // namespace honker

#endif  // CORE_WATCHER_COMMIT_COUNTER_H_
