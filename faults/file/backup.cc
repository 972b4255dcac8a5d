#include "faults/file/backup.h"

#include <sqlite3.h>

#include <cerrno>
#include <memory>

#include "faults/file/posix.h"
#include "faults/file/rename_over.h"

namespace faults {
namespace {

struct Close {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};
using Connection = std::unique_ptr<sqlite3, Close>;

Error SqliteError(const char* what, const std::string& path, const std::string& sentence) {
  return Error{what, path, 0, "SQLite says: " + sentence};
}

Result<Connection> Open(const std::string& path, int flags, int busy_ms) {
  sqlite3* db = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &db, flags, nullptr);
  Connection connection(db);
  if (code != SQLITE_OK) {
    return SqliteError("open for a backup", path, db ? sqlite3_errmsg(db) : sqlite3_errstr(code));
  }
  sqlite3_busy_timeout(db, busy_ms);
  return connection;
}

// All of `source` into `destination`, in one step and one transaction.
Status CopyDatabase(const std::string& source, const std::string& destination, int flags,
                    int busy_ms) {
  const auto from = Open(source, SQLITE_OPEN_READWRITE, busy_ms);
  if (!from.ok()) return from.error();
  const auto to = Open(destination, flags, busy_ms);
  if (!to.ok()) return to.error();
  sqlite3_backup* backup =
      sqlite3_backup_init(to.value().get(), "main", from.value().get(), "main");
  if (backup == nullptr)
    return SqliteError("back up", destination, sqlite3_errmsg(to.value().get()));
  const int stepped = sqlite3_backup_step(backup, -1);
  const int finished = sqlite3_backup_finish(backup);
  if (stepped == SQLITE_DONE && finished == SQLITE_OK) return {};
  return SqliteError("back up", destination,
                     sqlite3_errstr(stepped == SQLITE_DONE ? finished : stepped));
}

// SQLite creates what is missing; a fault whose target is missing has to be an error.
Result<FileIdentity> Existing(const char* what, const std::string& path) {
  auto identity = IdentityOf(path);
  if (identity.ok() && !identity.value().exists) return Error{what, path, ENOENT, ""};
  return identity;
}

}  // namespace

Result<SwapOutcome> BackupRestore(const BackupOptions& options) {
  const auto source = Existing("backup_restore", options.source);
  if (!source.ok()) return source.error();
  const auto before = Existing("backup_restore", options.database);
  if (!before.ok()) return before.error();
  if (Status copied =
          CopyDatabase(options.source, options.database, SQLITE_OPEN_READWRITE, options.busy_ms);
      !copied.ok()) {
    return copied.error();
  }
  const auto after = IdentityOf(options.database);
  if (!after.ok()) return after.error();
  return SwapOutcome{before.value(), after.value()};
}

Result<SwapOutcome> BackupSwap(const BackupOptions& options, const SidecarPlan& sidecars) {
  const auto source = Existing("backup_swap", options.source);
  if (!source.ok()) return source.error();
  const auto before = Existing("backup_swap", options.database);
  if (!before.ok()) return before.error();
  const std::string scratch = options.database + ".tmp";
  const auto there = IdentityOf(scratch);
  if (!there.ok()) return there.error();
  if (there.value().exists) return Error{"backup_swap", scratch, EEXIST, ""};
  Status copied = CopyDatabase(options.source, scratch, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                               options.busy_ms);
  if (copied.ok()) {
    auto outcome =
        RenameOver({.database = options.database, .replacement = scratch, .sidecars = sidecars});
    if (outcome.ok()) return outcome;
    copied = outcome.error();
  }
  for (const char* left : {"", "-journal", "-wal", "-shm"}) (void)RemoveIfThere(scratch + left);
  return copied.error();
}

}  // namespace faults
